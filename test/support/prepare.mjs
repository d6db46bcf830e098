// Before the tests: what they need besides Node. As root on Debian it is installed, otherwise named.
import { execFileSync } from 'node:child_process';

const needed = [
  { program: 'gnome-keyring-daemon', package: 'gnome-keyring' },
  { program: 'dbus-run-session', package: 'dbus' },
  { program: 'dbus-launch', package: 'dbus-x11' },
  { program: 'openssl', package: 'openssl' },
  { program: 'chromium', package: 'chromium' },
];
const servers = [{ at: '/usr/lib/postgresql/*/bin/postgres', package: 'postgresql' }];
const libraries = [{ library: 'libsecret-1.so.0', package: 'libsecret-1-0' }];

const succeeds = (/** @type {string} */ script) => {
  try {
    execFileSync('sh', ['-c', script], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

if (process.platform === 'linux') {
  const missing = [
    ...needed.filter((each) => !succeeds(`command -v ${each.program}`)),
    ...servers.filter((each) => !succeeds(`ls ${each.at}`) && !succeeds('command -v postgres')),
    ...libraries.filter(
      (each) =>
        !succeeds(`ldconfig -p | grep -q ${each.library} || /sbin/ldconfig -p | grep -q ${each.library}`),
    ),
  ].map((each) => each.package);
  if (missing.length > 0) {
    const install = `apt-get install -y --no-install-recommends ${missing.join(' ')}`;
    if (process.getuid?.() !== 0 || !succeeds('command -v apt-get')) {
      console.error(`The tests need: ${missing.join(', ')}. Install them, on Debian with: sudo ${install}`);
      process.exit(1);
    }
    console.log(`Installing ${missing.join(', ')} …`);
    execFileSync('sh', ['-c', `apt-get update -qq && DEBIAN_FRONTEND=noninteractive ${install}`], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }
}
