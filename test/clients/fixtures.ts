/** Configs as each program's people have them: what else the program keeps there, comments where it allows them. */

const claudeDesktop = `{
  "globalShortcut": "Ctrl+Space",
  "mcpServers": {
    "filesystem": {
      "command": "npx",
      "args": ["-y", "@modelcontextprotocol/server-filesystem", "/home/me/Documents"]
    },
    "github": {
      "command": "docker",
      "args": ["run", "-i", "--rm", "-e", "GITHUB_PERSONAL_ACCESS_TOKEN", "ghcr.io/github/github-mcp-server"],
      "env": { "GITHUB_PERSONAL_ACCESS_TOKEN": "ghp_x" }
    }
  },
  "preferences": { "quickEntryDictationShortcut": "off", "legacyQuickEntryEnabled": false }
}
`;

const claudeCode = `{
  "numStartups": 42,
  "tipsHistory": { "new-user-warmup": 3 },
  "userID": "0f6c",
  "projects": {
    "/home/me/work": {
      "allowedTools": [],
      "mcpServers": { "notes": { "type": "http", "url": "https://elsewhere.example/mcp" } },
      "history": [{ "display": "what is \\"mcpServers\\": {}", "pastedContents": {} }]
    }
  },
  "mcpServers": {
    "linear": {
      "type": "sse",
      "url": "https://mcp.linear.app/sse"
    }
  },
  "cachedChangelog": "# Changelog\\n\\n- mcpServers"
}`;

const cursor = `{
    "mcpServers": {
        "supabase": {"url": "https://mcp.supabase.com/mcp?project_ref=x"},
        "figma": {
            "url": "http://127.0.0.1:3845/mcp",
            "headers": {"Authorization": "Bearer \${env:FIGMA}"}
        },
    },
}
`;

const vscode = `{
	// MCP servers of all my windows
	"inputs": [
		{ "type": "promptString", "id": "key", "description": "API key", "password": true }, // asked once
	],
	"servers": {
		"playwright": {
			"command": "npx",
			"args": ["@playwright/mcp@latest"], /* headed */
			"type": "stdio"
		}, // keep
	}
}`;

const zed = `// Zed settings
//
// For information on how to configure Zed, see the Zed documentation.
{
  "ui_font_size": 16,
  "theme": {
    "mode": "system",
    "light": "One Light",
    "dark": "One Dark", // not Gruvbox
  },
  "context_servers": {
    "mcp-server-postgres": {
      "settings": { "database_url": "postgresql://me@localhost/x" },
    },
    // "old": {},
  },
  "languages": { "Python": { "tab_size": 4 } },
}
`;

const gemini = `{
  "security": { "auth": { "selectedType": "oauth-personal" } },
  "ui": { "theme": "Default" },
  "mcpServers": { "playwright": { "command": "npx", "args": ["@playwright/mcp@latest"], "trust": true } }
}
`;

const codex = `model = "gpt-5-codex"
model_reasoning_effort = "high"   # slow, and worth it
notify = ["python3", "/home/me/notify.py"]

[projects."/home/me/work"]
trust_level = "trusted"

# the docs of everything
[mcp_servers.context7]
command = "npx"
args = [
  "-y",
  "@upstash/context7-mcp", # latest
]
startup_timeout_sec = 20

[mcp_servers.context7.env]
"CONTEXT7_API_KEY" = 'x"y'

[tui]
notifications = true
`;

const cline = `{
  "mcpServers": {
    "weather": {
      "autoApprove": ["get_forecast"],
      "disabled": false,
      "timeout": 60,
      "type": "stdio",
      "command": "node",
      "args": ["/home/me/weather/build/index.js"]
    }
  }
}`;

const goose = `GOOSE_PROVIDER: anthropic
GOOSE_MODEL: claude-sonnet-4-20250514
# GOOSE_MODE: approve
extensions:
  developer:
    bundled: true
    display_name: Developer
    enabled: true
    name: developer
    timeout: 300
    type: builtin
  # of the team
  fetch:
    enabled: false
    type: stdio
    cmd: uvx
    args: [mcp-server-fetch]
    envs: {}
    description: |
      Fetches pages.

      Slowly.
    timeout: 300
  # end of extensions
GOOSE_CONTEXT_STRATEGY: summarize
`;

const plain = '{"mcpServers":{"a":{"command":"x","args":[]},"b":{"url":"https://b.example"}}}';

/** By the client's id. */
export const fixtures: Readonly<Record<string, string>> = {
  'claude-desktop': claudeDesktop,
  'claude-code': claudeCode,
  cursor,
  vscode,
  windsurf: plain,
  zed,
  gemini,
  codex,
  cline,
  'lm-studio': plain.replaceAll(/([{,])"/g, '$1 "'),
  goose,
};

/** The same text as other editors and systems would have left it. */
export const variations: Readonly<Record<string, (text: string) => string>> = {
  'as it is': (text) => text,
  'with a byte order mark': (text) => `\uFEFF${text}`,
  'with CRLF': (text) => text.replaceAll('\n', '\r\n'),
  'without a last line end': (text) => text.replace(/\n+$/, ''),
  'with lines after the end': (text) => `${text}\n\n`,
};
