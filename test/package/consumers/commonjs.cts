// A CommonJS consumer: `require` of an ES module, typed.
import momo = require('momo-collections');
import callback = require('momo-collections/callback');
import testing = require('momo-collections/testing');

const sandbox: testing.MomoSandbox = testing.createMomoSandbox();
const client: momo.MomoCollections = new momo.MomoCollections(sandbox.clientOptions());
// @ts-expect-error: no default export
momo.default;

export = { client, parse: callback.parseCallback };
