# The session manager alone: what it needs of the workspace, compiled, without build tools.
FROM node:20-bookworm-slim AS build
WORKDIR /drydock
COPY . .
RUN npm ci --ignore-scripts --no-audit --no-fund && npx tsc -b apps/session-manager \
  && npm run build -w @drydock/embed

FROM node:20-bookworm-slim AS modules
WORKDIR /drydock
COPY . .
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund -w @drydock/session-manager --include-workspace-root=false

FROM node:20-bookworm-slim
WORKDIR /drydock
ENV NODE_ENV=production
COPY --from=modules /drydock/node_modules node_modules
COPY --from=build /drydock/packages packages
COPY --from=build /drydock/apps/session-manager apps/session-manager
USER node
EXPOSE 3000 9464
HEALTHCHECK --interval=10s --timeout=5s CMD ["node", "-e", "fetch('http://127.0.0.1:3000/readyz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--enable-source-maps", "apps/session-manager/dist/main.js"]
