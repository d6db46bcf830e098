/** What a core is told of the world by whoever starts it. */

/**
 * What the core inherits. A client's config may hand secrets to the endpoint in its environment; they end there.
 * Everything else a core needs from outside is named here.
 */
const inherited =
  /^(PATH|HOME|USER|LOGNAME|LANG|LC_.*|TZ|TMPDIR|TEMP|TMP|FAIRLEAD_.*|BROWSER|DISPLAY|WAYLAND_DISPLAY|XDG_.*|DBUS_SESSION_BUS_ADDRESS|GNOME_KEYRING_CONTROL|(HTTPS?|ALL|NO)_PROXY|NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR)|SYSTEMROOT|SYSTEMDRIVE|WINDIR|COMSPEC|PATHEXT|USERPROFILE|APPDATA|LOCALAPPDATA|PROGRAMDATA|USERNAME|ELECTRON_RUN_AS_NODE)$/i;

export function coreEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => inherited.test(name)));
}
