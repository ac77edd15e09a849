// Tells Yellowcart what changes in a Vendure shop, signed as Standard Webhooks.
//
//   plugins: [YellowcartPlugin.init({ url: 'https://…/callback address of the connection', secret: 'whsec_…' })]
//
// What it sends are hints, Yellowcart then asks the Admin API: product.changed and product.gone
// with a product's id, order.changed with an order's.
const { createHmac, randomUUID } = require('node:crypto');
const core = require('@vendure/core');
const { Inject } = require('@nestjs/common');

class YellowcartPlugin {
  static init(options) {
    YellowcartPlugin.options = options;
    return YellowcartPlugin;
  }

  constructor(bus, connection) {
    this.bus = bus;
    this.connection = connection;
  }

  onApplicationBootstrap() {
    const hear = (event, tell) =>
      this.bus.ofType(event).subscribe((found) =>
        tell(found).catch((error) => core.Logger.warn(String(error), 'Yellowcart')),
      );
    hear(core.ProductEvent, ({ entity, type }) =>
      this.send(type === 'deleted' ? 'product.gone' : 'product.changed', entity.id),
    );
    hear(core.ProductVariantEvent, ({ entity }) => this.products(entity.map((one) => one.id)));
    hear(core.ProductVariantPriceEvent, ({ entity }) =>
      this.products(entity.map((one) => one.variantId ?? one.variant?.id)),
    );
    hear(core.StockMovementEvent, ({ stockMovements }) =>
      this.products(stockMovements.map((one) => one.productVariant.id)),
    );
    hear(core.OrderStateTransitionEvent, ({ order }) => this.send('order.changed', order.id));
    hear(core.FulfillmentStateTransitionEvent, ({ orders }) => this.orders(orders));
    hear(core.RefundStateTransitionEvent, ({ order }) => this.send('order.changed', order.id));
  }

  async orders(orders) {
    for (const order of orders) await this.send('order.changed', order.id);
  }

  async products(variantIds) {
    const ids = [...new Set(variantIds.filter((id) => id != null))];
    const found = ids.length
      ? await this.connection.rawConnection
          .getRepository(core.ProductVariant)
          .find({ where: ids.map((id) => ({ id })), select: { id: true, productId: true } })
      : [];
    for (const id of new Set(found.map((one) => one.productId))) {
      await this.send('product.changed', id);
    }
  }

  // Three tries; whatever is lost is made good when Yellowcart next asks for all stock.
  async send(type, id, tries = 3) {
    const { url, secret } = YellowcartPlugin.options;
    const timestamp = new Date();
    const seconds = Math.floor(timestamp / 1000);
    const body = JSON.stringify({ type, timestamp, data: { id: String(id) } });
    const message = `msg_${randomUUID()}`;
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
    const signed = createHmac('sha256', key).update(`${message}.${seconds}.${body}`);
    const headers = {
      'content-type': 'application/json',
      'webhook-id': message,
      'webhook-timestamp': String(seconds),
      'webhook-signature': `v1,${signed.digest('base64')}`,
    };
    for (let left = tries; left > 0; left--) {
      try {
        const answer = await fetch(url, { method: 'POST', headers, body });
        if (answer.ok) return;
      } catch (error) {
        if (left === 1) throw error;
      }
      await new Promise((done) => setTimeout(done, 1000));
    }
  }
}

Inject(core.EventBus)(YellowcartPlugin, undefined, 0);
Inject(core.TransactionalConnection)(YellowcartPlugin, undefined, 1);
core.VendurePlugin({ imports: [core.PluginCommonModule] })(YellowcartPlugin);

module.exports = { YellowcartPlugin };
