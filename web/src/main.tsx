// The page begins here: the key from the link, a provider, and the program that serves it.
import '@mantine/core/styles/default-css-variables.css';
import '@mantine/core/styles/baseline.css';
import '@mantine/core/styles/global.css';
import '@mantine/core/styles/UnstyledButton.css';
import '@mantine/core/styles/CloseButton.css';
import '@mantine/core/styles/Paper.css';
import '@mantine/core/styles/Overlay.css';
import '@mantine/core/styles/Popover.css';
import '@mantine/core/styles/Loader.css';
import '@mantine/core/styles/Button.css';
import '@mantine/core/styles/ActionIcon.css';
import '@mantine/core/styles/Input.css';
import '@mantine/core/styles/InlineInput.css';
import '@mantine/core/styles/PasswordInput.css';
import '@mantine/core/styles/Menu.css';
import '@mantine/core/styles/ModalBase.css';
import '@mantine/core/styles/Modal.css';
import '@mantine/core/styles/SegmentedControl.css';
import '@mantine/core/styles/FloatingIndicator.css';
import '@mantine/core/styles/Switch.css';
import '@mantine/core/styles/Slider.css';
import '@mantine/core/styles/Notification.css';
import '@mantine/notifications/styles.css';
import './shell/theme.css';
import { createTheme, MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { type ReactNode, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { HELLO_ROUTE, type Hello } from '#api';
import { takeToken, token } from './shell/token.ts';

const theme = createTheme({
  primaryColor: 'teal',
  fontFamily: 'var(--ps-font)',
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
});

const queries = new QueryClient({
  defaultOptions: { queries: { retry: 1, staleTime: 5000, refetchOnWindowFocus: true } },
});

takeToken();
void start();

async function start(): Promise<void> {
  const page = document.getElementById('page');
  if (page === null) return;
  const app = await chooseApp(new URLSearchParams(location.search).get('mock'));
  createRoot(page).render(
    <StrictMode>
      <MantineProvider theme={theme} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
        <QueryClientProvider client={queries}>
          <Notifications position="bottom-right" containerWidth={340} limit={3} autoClose={5000} zIndex={400} />
          {app}
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  );
}

/** `?mock` (before the hash) shows generated data; else the program that serves the page says which it is. */
async function chooseApp(scenario: string | null): Promise<ReactNode> {
  if (scenario !== null) {
    const { PeerApp } = await import('./peer-app.tsx');
    const { mockProvider, scenarioOf } = await import('./provider/mock.ts');
    return <PeerApp provider={mockProvider(scenarioOf(scenario))} />;
  }
  const program = await whoServes();
  if (program === 'shields') {
    const { default: ShieldsApp } = await import('./screens/shields/shields-app.tsx');
    return <ShieldsApp />;
  }
  if (program === 'hub') {
    const { default: HubApp } = await import('./screens/hub/hub-app.tsx');
    return <HubApp />;
  }
  const { PeerApp } = await import('./peer-app.tsx');
  const { realProvider } = await import('./provider/real.ts');
  return <PeerApp provider={realProvider(token.get)} />;
}

/** A program that does not answer now is taken for a peer, whose page says so and tries again. */
async function whoServes(): Promise<Hello['program']> {
  try {
    const response = await fetch(HELLO_ROUTE.path, { cache: 'no-store' });
    return ((await response.json()) as Hello).program;
  } catch {
    return 'peer';
  }
}
