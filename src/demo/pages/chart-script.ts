// The script of the pages, as their browser gets it: it draws the charts whose source a page holds, and does nothing else.

/** A chart that cannot be read keeps its source. Charts in parts that are folded are drawn as well, since they are measured elsewhere. */
export const CHART_SCRIPT = `'use strict';
(async () => {
  const isDark = matchMedia('(prefers-color-scheme: dark)').matches;
  mermaid.initialize({
    startOnLoad: false,
    securityLevel: 'strict',
    suppressErrorRendering: true,
    theme: isDark ? 'dark' : 'default',
    fontFamily: 'system-ui, sans-serif',
  });
  for (const [index, figure] of document.querySelectorAll('figure.chart').entries()) {
    const source = figure.querySelector('code').textContent;
    try {
      const { svg } = await mermaid.render('chart-' + index, source);
      const drawing = document.createElement('div');
      drawing.className = 'drawing';
      drawing.innerHTML = svg;
      const image = drawing.querySelector('svg');
      image.setAttribute('role', 'img');
      image.setAttribute('aria-label', (/^ *title "?(.*?)"?$/m.exec(source) || ['', 'Chart'])[1]);
      figure.prepend(drawing);
    } catch (error) {
      figure.classList.add('unread');
    }
  }
  document.documentElement.dataset.charts = 'done';
})();
`;
