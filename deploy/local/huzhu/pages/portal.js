// The sandbox's campus portal: lists the demo people of a union and goes back to its sign-in as the one chosen.
const asked = Object.fromEntries(new URLSearchParams(location.search));
const { tenant, portal } = asked;
delete asked.tenant;
delete asked.portal;
const address = `/api/identity/sandbox/portals/${encodeURIComponent(tenant || "-")}/${encodeURIComponent(portal || "-")}`;
const people = document.getElementById("people");
const problem = document.getElementById("problem");

function element(tag, text) {
  const node = document.createElement(tag);
  if (text !== undefined) node.textContent = text;
  return node;
}

function refuse(text) {
  problem.textContent = text;
  problem.hidden = false;
}

async function call(path, options) {
  try {
    const response = await fetch(address + path, options);
    const body = await response.json();
    if (response.ok) return body;
    refuse(body.detail || "请求失败，请稍后再试。");
  } catch {
    refuse("连不上服务，请确认平台正在运行。The platform does not answer.");
  }
}

async function signIn(user) {
  const body = JSON.stringify({ user, asked });
  const end = await call("/logins", { method: "POST", headers: { "Content-Type": "application/json" }, body });
  if (end) location.assign(end.url);
}

function show({ what, ...user }) {
  const box = element("article");
  box.className = "message";
  const head = element("header");
  for (const part of [what, user.work_number, user.document_number, user.mobile, user.user_name]) {
    if (part) head.append(element("span", part));
  }
  const button = element("button", `以 ${user.name} 登录`);
  button.type = "button";
  button.addEventListener("click", () => signIn(user));
  box.append(head, button);
  return box;
}

async function open() {
  const found = await call("/people");
  people.replaceChildren();
  if (!found) return;
  document.getElementById("union").textContent = `${found.union} · ${found.title}`;
  people.append(...found.items.map(show));
}

document.getElementById("other").addEventListener("submit", (event) => {
  event.preventDefault();
  const values = [...new FormData(event.target)].map(([name, value]) => [name, value.trim()]);
  signIn(Object.fromEntries(values.filter(([, value]) => value)));
});
open();
