import { createRoot } from 'react-dom/client';
import '../ui/index.css';
import './link.css';
import { LinkPage } from './page.tsx';
import { linkServer } from './server.ts';

// Our own bars, as in the app; Apple's float above the content.
document.documentElement.dataset['scrollbars'] = /^(?:Mac|iP)/u.test(navigator.platform) ? 'system' : 'own';
const token = location.pathname.split('/')[2] ?? '';
createRoot(document.getElementById('root')!).render(<LinkPage server={linkServer(token)} />);
