// The status page in the browser: hears what the runner says over a WebSocket, and shows it.

const mount = document.querySelector('main');
if (mount !== null && typeof uPlot === 'function') mount.dataset['ready'] = 'true';
