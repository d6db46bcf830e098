/** Gives the focus back to where it was before a dialog took it: Radix knows that only of dialogs with a trigger. */
import { useState } from 'react';

/** For `onCloseAutoFocus`. */
export function useFocusBack(): (event: Event) => void {
  const [before] = useState(() => document.activeElement);
  return (event) => {
    event.preventDefault();
    if (before instanceof HTMLElement && before.isConnected) before.focus();
  };
}
