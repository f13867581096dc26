// Shows the messages of the sandbox channel; polls every two seconds while the page is visible.
const form = document.getElementById("filter");
const list = document.getElementById("messages");

function element(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

function show(message) {
  const box = element("article", "message");
  const head = element("header");
  const when = new Date(message.sent_at).toLocaleString("zh-CN", { timeZone: "Asia/Shanghai" });
  for (const part of [message.recipient, message.template, when]) head.append(element("span", "", part));
  box.append(head, element("p", "", message.text));
  return box;
}

async function refresh() {
  const query = new URLSearchParams();
  const mobile = form.mobile.value.trim();
  if (mobile) query.set("mobile", mobile);
  try {
    const response = await fetch(`/api/notify/sandbox/messages?${query}`, {
      headers: { "X-Tenant": form.tenant.value.trim() || "wuxi" },
    });
    const body = await response.json();
    if (!response.ok) {
      list.replaceChildren(element("p", "problem", body.detail || "读取失败，请稍后再试。"));
      return;
    }
    const boxes = body.items.map(show);
    list.replaceChildren(...(boxes.length ? boxes : [element("p", "empty", "还没有短信。No messages yet.")]));
  } catch {
    list.replaceChildren(element("p", "problem", "连不上服务，请确认平台正在运行。The platform does not answer."));
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  refresh();
});
setInterval(() => document.visibilityState === "visible" && refresh(), 2000);
refresh();
