/** An error as it crosses a process boundary inside of what a control command answers. */
import { z } from 'zod';

/** See ErrorReport in errors.ts; a newer core may know codes that this program does not. */
export const reported = z.object({
  code: z.string(),
  message: z.string(),
  help: z.string().optional(),
  url: z.string().optional(),
});
