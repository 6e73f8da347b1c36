# Latchkey for production: Node and the program's own dependencies, run by an ordinary user. Data is kept in /data.
FROM node:24-slim

ENV NODE_ENV=production \
    DATABASE_URL=sqlite:/data/latchkey.db \
    NODE_COMPILE_CACHE=/app/compiled

WORKDIR /app

COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund && npm cache clean --force

COPY bin bin
COPY config config
COPY public public
COPY src src
COPY views views

RUN install -d -o node -g node -m 700 /data /app/compiled
USER node
# A container keeps nothing of what Node compiles, and each start would wait for it anew.
RUN ["node", "bin/compile.js"]
VOLUME /data
EXPOSE 3000

HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/health/live`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]

ENTRYPOINT ["node", "bin/latchkey.js"]
CMD ["serve"]
