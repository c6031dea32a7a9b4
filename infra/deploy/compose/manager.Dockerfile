# The session manager, and the command line with which its operator reaches it from inside: what they need of the workspace, compiled,
# without build tools.
FROM node:20-bookworm-slim AS build
WORKDIR /drydock
COPY . .
RUN npm ci --ignore-scripts --no-audit --no-fund && npx tsc -b apps/session-manager apps/cli \
  && npm run build -w @drydock/embed

FROM node:20-bookworm-slim AS modules
WORKDIR /drydock
COPY . .
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund -w @drydock/session-manager -w @drydock/cli --include-workspace-root=false

FROM node:20-bookworm-slim
WORKDIR /drydock
ENV NODE_ENV=production
COPY --from=modules /drydock/node_modules node_modules
COPY --from=build /drydock/packages packages
COPY --from=build /drydock/apps/session-manager apps/session-manager
COPY --from=build /drydock/apps/cli apps/cli
RUN chmod 755 apps/cli/dist/main.js && ln -s /drydock/apps/cli/dist/main.js /usr/local/bin/drydock
USER node
# The operator's listener is not among them: `docker run -P` would publish it.
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s CMD ["node", "-e", "fetch('http://127.0.0.1:3000/readyz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--enable-source-maps", "apps/session-manager/dist/main.js"]
