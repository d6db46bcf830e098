/** Rows of a platform account, as the platform tells them. */
import type { ContainerRow } from '../../shared/platform-api.ts';

export const issuer = 'https://platform.example';

/** An external container of Maya's, but for what is said otherwise. */
export function row(name: string, more: Partial<ContainerRow> = {}): ContainerRow {
  return {
    id: `container_${name}`,
    user_id: 'user_maya',
    name,
    type: 'external',
    mcp_endpoint: `https://${name}.example/mcp`,
    auth_method: 'platform_token',
    public_key_fingerprint: null,
    status: 'registered',
    ...more,
  };
}
