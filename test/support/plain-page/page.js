window.heard = [];
window.hikyaku.onEvent((event) => window.heard.push(event));
document.querySelector('#main').textContent = 'ready';
