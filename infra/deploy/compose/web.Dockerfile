# The pages alone.
FROM node:20-bookworm-slim AS build
WORKDIR /drydock
COPY . .
ENV NEXT_TELEMETRY_DISABLED=1
RUN npm ci --ignore-scripts --no-audit --no-fund && npx tsc -b packages/client packages/terminal-text && npm run build -w @drydock/web

FROM node:20-bookworm-slim AS modules
WORKDIR /drydock
COPY . .
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund -w @drydock/web --include-workspace-root=false

FROM node:20-bookworm-slim
WORKDIR /drydock
ENV NODE_ENV=production HOSTNAME=0.0.0.0 PORT=3001 NEXT_TELEMETRY_DISABLED=1
COPY --from=modules /drydock/node_modules node_modules
COPY --from=build /drydock/packages packages
COPY --from=build /drydock/apps/web apps/web
USER node
EXPOSE 3001
CMD ["node", "node_modules/next/dist/bin/next", "start", "apps/web"]
