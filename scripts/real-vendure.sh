#!/usr/bin/env bash
# Set up a real Vendure shop with its own sample catalogue, for the tests of the vendure connector
# (tests/sources/test_real_vendure.py). Needs node 20 and npm; nothing is compiled or run by npm.
set -euo pipefail
cd "$(dirname "$0")/.."
home=.vendure
mkdir -p "$home"
cp scripts/vendure/package.json scripts/vendure/package-lock.json scripts/vendure/shop.js "$home/"
cp docs/examples/yellowcart-vendure-plugin.js "$home/"
(cd "$home" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
.venv/bin/python scripts/vendure/fill.py "$home"
