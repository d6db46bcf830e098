/** The window's page: opens the bridge, and draws what comes over it. */
import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { StoreContext } from './app/context.ts';
import { createStore } from './app/store.ts';
import { onNextFrame, openBridge } from './bridge.ts';
import './styles.css';

const root = document.getElementById('root');
const bridge = openBridge();
if (root !== null && bridge !== undefined) {
  const store = createStore(bridge, onNextFrame);
  createRoot(root).render(
    <StoreContext value={store}>
      <App />
    </StoreContext>,
  );
} else if (root !== null) root.textContent = 'This page is a part of Fairlead’s app: open it from there.';
