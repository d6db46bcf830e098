/** Claude Desktop, the app for macOS and Windows (and its builds for Linux). */
import { inAppData, plainEntry, type KnownClient } from './known-client.ts';

export const claudeDesktop: KnownClient = {
  id: 'claude-desktop',
  title: 'Claude Desktop',
  format: 'json',
  keys: ['mcpServers'],
  config: (machine) => inAppData(machine, 'Claude', 'claude_desktop_config.json'),
  traces: (machine) => [inAppData(machine, 'Claude')],
  entry: plainEntry,
  takesUp: 'restart',
};
