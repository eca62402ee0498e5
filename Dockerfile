# Debian, because the embedded Postgres needs glibc; Node 24, because it has the longest support of those that are tested.
FROM node:24-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json bundle.mjs vite.config.ts ./
COPY src ./src
RUN npm run build

FROM node:24-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 DATA_DIR=/data
WORKDIR /app
COPY package.json LICENSE ./
COPY migrations ./migrations
COPY --from=packages /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
# npm packages cannot hold the links between Postgres's libraries. Made here, the image may be read-only; and where the binaries do not run, this fails.
RUN node --input-type=module -e "import { packagedBinaries, prepareBinaries } from './dist/db/embedded/binaries.js'; await prepareBinaries(packagedBinaries(), '/nowhere', undefined)"
# The embedded Postgres lives here, where no DATABASE_URL is given; nothing else is ever written.
RUN mkdir /data && chown node:node /data
VOLUME /data
USER node
EXPOSE 3000
# Live, not ready: what kills unhealthy containers must not kill one that builds an index.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/live`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/cli.js", "serve"]
