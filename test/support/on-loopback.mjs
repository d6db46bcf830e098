// Preloaded into a server that takes no address: it listens on any free port of loopback, and says on which.
import { Server } from 'node:net';

const { listen } = Server.prototype;
Server.prototype.listen = function (...args) {
  const onListening = args.find((arg) => typeof arg === 'function');
  return listen.call(this, 0, '127.0.0.1', () => {
    process.send(this.address().port);
    onListening?.();
  });
};
process.on('disconnect', () => process.exit());
