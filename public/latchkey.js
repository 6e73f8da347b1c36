// What scripts add to pages that work without them. Every part looks for its own mark in the page and is idle without it.

const form = document.querySelector('[data-code-form]');
const field = form?.querySelector('#code');

// Digits as a phone or another keyboard may write them; separators that people and messages put between.
const digitsOf = (text) =>
  text
    .replace(/[٠-٩]/g, (d) => d.charCodeAt(0) - 0x660)
    .replace(/[۰-۹]/g, (d) => d.charCodeAt(0) - 0x6f0)
    .replace(/[０-９]/g, (d) => d.charCodeAt(0) - 0xff10)
    .replace(/[\s\u200e\u200f\u2066-\u2069\p{Pd}\u2212]/gu, '');

// A whole message holds its code, perhaps twice; a text with two different ones isn't ours to read.
function codeIn(text) {
  const digits = digitsOf(text);
  if (/^\d{1,12}$/.test(digits)) return digits;
  const [code, other] = new Set(digits.match(/(?<!\d)(\d{6}|\d{10})(?!\d)/g));
  return other ? undefined : code;
}

if (field) {
  // A pasted code is cleaned, anything else goes in as it is.
  field.addEventListener('paste', (event) => {
    const code = codeIn(event.clipboardData.getData('text'));
    if (!code) return;
    event.preventDefault();
    field.setRangeText(code, field.selectionStart, field.selectionEnd, 'end');
    field.dispatchEvent(new Event('input', { bubbles: true }));
  });

  if ('OTPCredential' in window && form.dataset.codeForm === 'phone') void takeCodeFromText();
}

// WebOTP: the text's code is filled in and sent. The person's own sending, or leaving, ends the waiting.
async function takeCodeFromText() {
  const waiting = new AbortController();
  const { signal } = waiting;
  const end = () => waiting.abort();
  form.addEventListener('submit', end);
  addEventListener('pagehide', end);
  try {
    const { code } = await navigator.credentials.get({ otp: { transport: ['sms'] }, signal });
    if (signal.aborted) return;
    field.value = code;
    // A challenge has one code, which a resend repeats: once sent by us, it is only filled in.
    if (sessionStorage.sentCode === code) return;
    sessionStorage.sentCode = code;
    form.requestSubmit();
  } catch {
    // No text came, or nobody allowed it: the person types.
  }
}

// A second click while the first is on its way sends nothing, and the button shows that it is.
const sent = new WeakSet();
document.addEventListener('submit', (event) => {
  const { target, submitter } = event;
  if (sent.has(target)) return event.preventDefault();
  sent.add(target);
  submitter?.classList.add('under-way');
  setTimeout(() => {
    sent.delete(target);
    submitter?.classList.remove('under-way');
  }, 3000);
});

// A form that only hands the person over.
document.querySelector('[data-submit]')?.requestSubmit();

// Clock times in the person's own zone, as exact as they were.
for (const time of document.querySelectorAll('time[data-clock]')) {
  const at = new Date(time.dateTime);
  const timeStyle = /:\d\d:/.test(time.dateTime) ? 'medium' : 'short';
  if (!isNaN(at)) time.textContent = at.toLocaleTimeString('en-GB', { timeStyle });
}

// The wait for the next code, counted down. Only words: the button works all the time, and the server decides.
for (const text of document.querySelectorAll('[data-countdown]')) {
  const end = performance.now() + text.dataset.countdown * 1000;
  const tick = () => {
    const left = Math.ceil((end - performance.now()) / 1000);
    text.textContent =
      left > 0 ? text.dataset.left.replace('{left}', `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`) : text.dataset.ready;
    if (left > 0) setTimeout(tick, 1000);
  };
  tick();
}

// Screen readers say a status that changes, not one that was there from the start.
const status = document.querySelector('[role=status] p');
if (status) setTimeout(() => status.append('\u00a0'), 200);

for (const button of document.querySelectorAll('[data-copy]')) {
  button.hidden = false;
  const said = () => (button.textContent = button.dataset.copied);
  button.addEventListener('click', () => void navigator.clipboard.writeText(button.dataset.copy).then(said));
}
