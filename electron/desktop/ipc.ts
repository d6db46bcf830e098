/** The one registrar of what a page may ask of main: whose frame asks → what it asks → the handler → a result. */
import { ipcMain, type IpcMainInvokeEvent, type WebContents } from 'electron';
import type { z } from 'zod';
import { commands } from '../../shared/control.ts';
import { desktopCommands, type Result } from '../../shared/desktop.ts';
import {
  desktopCommandNames,
  windowCommandNames,
  windowEventNames,
  type DesktopCommandName,
  type WindowCommandName,
  type WindowEventName,
} from '../../shared/desktop-names.ts';
import { errorReport, FairleadError } from '../../shared/errors.ts';
import { appOrigin } from './app-files.ts';

type ParsedInput<N extends DesktopCommandName> = z.output<(typeof desktopCommands)[N]['input']>;

type Answer<N extends DesktopCommandName> = z.input<(typeof desktopCommands)[N]['output']>;

export type DesktopHandlers = {
  readonly [N in DesktopCommandName]: (input: ParsedInput<N>) => Answer<N> | Promise<Answer<N>>;
};

export interface IpcDeps {
  /** The one page that is answered. */
  readonly page: () => WebContents | undefined;
  /** @param input of that very command */
  readonly callCore: (name: WindowCommandName, input: unknown) => Promise<unknown>;
  readonly handlers: DesktopHandlers;
  /** Each page that is loaded asks for this first. */
  readonly begin: () => void;
  readonly subscribe: (event: WindowEventName) => void;
  readonly unsubscribe: (event: WindowEventName) => void;
}

export function registerIpc({ page, callCore, handlers, ...feed }: IpcDeps): void {
  // electron-store answers any frame that asks where the profile is; nobody here asks.
  ipcMain.removeAllListeners();

  const register = (channel: string, answer: (input: unknown) => unknown) => {
    ipcMain.handle(channel, async (event, ...args: unknown[]): Promise<Result<unknown>> => {
      try {
        checkSender(event, page());
        return { ok: true, output: await answer(args[0]) };
      } catch (thrown) {
        return { ok: false, error: errorReport(thrown) };
      }
    });
  };

  for (const name of windowCommandNames) {
    const { input } = commands[name];
    register(`core:${name}`, (given) => callCore(name, parse(input, given, name)));
  }
  for (const name of desktopCommandNames) {
    const { input, output } = desktopCommands[name];
    const handler = handlers[name] as (given: unknown) => unknown;
    // Read as it is declared, so that a member too many goes no further.
    register(`desktop:${name}`, async (given) => output.parse(await handler(parse(input, given, name))));
  }
  register('begin', () => feed.begin());
  register('subscribe', (event) => feed.subscribe(eventName(event)));
  register('unsubscribe', (event) => feed.unsubscribe(eventName(event)));
}

/** A frame that has navigated away, or was put into the page, carries the same preload as the page itself. */
function checkSender({ sender, senderFrame }: IpcMainInvokeEvent, page: WebContents | undefined): void {
  const url = senderFrame?.url ?? '';
  if (sender === page && senderFrame?.parent === null && url.startsWith(`${appOrigin}/`)) return;
  throw new FairleadError('forbidden', 'Only Fairlead’s own window is answered.');
}

function parse(schema: z.ZodType, input: unknown, name: string): unknown {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const place = parsed.error.issues[0]?.path.map(String).join('.') ?? '';
  throw new FairleadError('usage', `What was given to ${name} is not valid${place && ` at "${place}"`}.`, {
    cause: parsed.error,
  });
}

function eventName(given: unknown): WindowEventName {
  const name = windowEventNames.find((each) => each === given);
  if (name === undefined) throw new FairleadError('usage', 'There is no such event.');
  return name;
}
