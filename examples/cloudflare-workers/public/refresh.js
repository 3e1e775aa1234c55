// While the payment is open, asks the server again every two seconds, and shows what changed.

const main = document.querySelector('main');
const status = main.querySelector('[role=status]');

while (main.dataset.open === 'true') {
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  try {
    const response = await fetch(location.href);
    if (!response.ok) continue;
    const fresh = new DOMParser().parseFromString(await response.text(), 'text/html');
    const freshStatus = fresh.querySelector('[role=status]');
    main.dataset.open = fresh.querySelector('main').dataset.open;
    // Only what is new, so that a screen reader says it once.
    if (freshStatus.className === status.className) continue;
    status.className = freshStatus.className;
    status.innerHTML = freshStatus.innerHTML;
    document.title = fresh.title;
  } catch {
    // No network for a moment: the next time will do.
  }
}
