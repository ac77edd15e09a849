// A real Vendure shop to try the vendure connector on: node shop.js [fill]
//
// PORT is where it listens, PGHOST/PGPORT/PGUSER/PGDATABASE its PostgreSQL. `fill` makes the tables
// and Vendure's own sample catalogue, prints an API key, and ends. With WEBHOOK_URL and
// WEBHOOK_SECRET the shop tells of its changes.
const fs = require('node:fs');
const path = require('node:path');
const core = require('@vendure/core');

const filling = process.argv[2] === 'fill';
const port = Number(process.env.PORT || 3000);
const samples = path.dirname(require.resolve('@vendure/create/package.json'));
const images = path.join(samples, 'assets/images');

// Pictures are handed out as they are: no thumbnails, so nothing has to be compiled for them.
const storage = {
  writeFileFromBuffer: async (name) => name,
  writeFileFromStream: async (name, stream) => {
    stream.resume();
    return name;
  },
  readFileToBuffer: async (name) => fs.promises.readFile(path.join(images, original(name))),
  readFileToStream: async (name) => fs.createReadStream(path.join(images, original(name))),
  deleteFile: async () => {},
  fileExists: async () => false,
  toAbsoluteUrl: (_request, name) => `http://127.0.0.1:${port}/assets/${original(name)}`,
};
const original = (name) => path.basename(name).replace(/__preview/, '');

const plugins = [];
if (process.env.WEBHOOK_URL) {
  const { YellowcartPlugin } = require(process.env.YELLOWCART_PLUGIN);
  plugins.push(
    YellowcartPlugin.init({ url: process.env.WEBHOOK_URL, secret: process.env.WEBHOOK_SECRET }),
  );
}

const config = {
  logger: new core.DefaultLogger({ level: core.LogLevel.Warn }),
  apiOptions: {
    port,
    hostname: '127.0.0.1',
    middleware: [{ route: 'assets', handler: require('express').static(images) }],
  },
  authOptions: {
    tokenMethod: ['bearer', 'api-key'],
    superadminCredentials: { identifier: 'superadmin', password: 'superadmin' },
    cookieOptions: { secret: 'only-for-tests' },
  },
  dbConnectionOptions: { type: 'postgres', synchronize: filling, logging: false },
  paymentOptions: { paymentMethodHandlers: [core.dummyPaymentHandler] },
  assetOptions: {
    assetStorageStrategy: storage,
    assetPreviewStrategy: { generatePreviewImage: async (_context, _type, data) => data },
  },
  importExportOptions: { importAssetsDir: images },
  plugins,
};

async function call(query, headers = {}) {
  const answer = await fetch(`http://127.0.0.1:${port}/admin-api`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  });
  const { data, errors } = await answer.json();
  if (errors) throw new Error(JSON.stringify(errors));
  return { data, token: answer.headers.get('vendure-auth-token') };
}

async function fill() {
  const { populate } = require('@vendure/core/cli');
  const initial = require(path.join(samples, 'assets/initial-data.json'));
  const start = async () => {
    const app = await core.bootstrap(config);
    await app.get(core.JobQueueService).start();
    return app;
  };
  const app = await populate(start, initial, path.join(samples, 'assets/products.csv'));
  const { token } = await call(
    'mutation { login(username: "superadmin", password: "superadmin") { __typename } }',
  );
  const signedIn = { authorization: `Bearer ${token}` };
  // Collections fill in the background.
  for (let tries = 0; tries < 60; tries++) {
    const { data } = await call('{ collections { items { productVariantCount } } }', signedIn);
    if (data.collections.items.every((one) => one.productVariantCount)) break;
    await new Promise((done) => setTimeout(done, 500));
  }
  const { data: found } = await call('{ roles { items { id code } } }', signedIn);
  const role = found.roles.items.find((one) => one.code === '__super_admin_role__');
  const { data } = await call(
    `mutation { createApiKey(input: { roleIds: ["${role.id}"],
       translations: [{ languageCode: en, name: "Yellowcart" }] }) { apiKey } }`,
    signedIn,
  );
  fs.writeFileSync('api-key', data.createApiKey.apiKey);
  await app.close();
  process.exit(0);
}

(filling ? fill() : core.bootstrap(config)).catch((error) => {
  console.error(error);
  process.exit(1);
});
