"""Life after checkout: payment, shipment, conversions from outside."""
