// The sandbox: how checks of a person end, the bank's answer to a batch, the messages; these are asked for every two seconds.
const byId = (id) => document.getElementById(id);
const union = byId("tenant");
const ports = [byId("face"), byId("card")];
const list = byId("messages");
const CHOICES = { pass: "通过 Passes", fail: "不通过 Fails", pending: "未完成 Not finished", away: "服务不可用 Away" };
const PORTS = { face: "人脸 face", card: "银行卡 card" };
const ENDED = { passed: "通过 passed", failed: "不通过 failed", pending: "未完成 pending", matched: "一致 matched", mismatched: "不一致 mismatched" };
const AWAY = "连不上服务，请确认平台正在运行。The platform does not answer.";

function element(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

// Asks the platform in the chosen union's name; throws words that a person can read.
async function ask(path, options = {}) {
  const response = await fetch(path, { ...options, headers: { "X-Tenant": union.value, ...options.headers } }).catch(() => {
    throw new Error(AWAY);
  });
  if (response.ok) return response;
  const problem = await response.json().catch(() => ({}));
  throw new Error(problem.detail || "操作失败，请稍后再试。It did not work; try again later.");
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
  const asked = union.value;
  const query = new URLSearchParams();
  const mobile = byId("mobile").value.trim();
  if (mobile) query.set("mobile", mobile);
  try {
    const body = await (await ask(`/api/notify/sandbox/messages?${query}`)).json();
    if (asked !== union.value) return;
    const boxes = body.items.map(show);
    list.replaceChildren(...(boxes.length ? boxes : [element("p", "empty", "还没有短信。No messages yet.")]));
  } catch (error) {
    list.replaceChildren(element("p", "problem", error.message));
  }
}

function showChecks(checks) {
  for (const port of ports) port.value = checks[port.dataset.port];
  const said = checks.decisions.slice(0, 5).map((one) => {
    const [port, ended] = one.split(":");
    return `${PORTS[port] ?? port} ${ENDED[ended] ?? ended}`;
  });
  byId("decisions").textContent = said.length ? `最近的结论 Latest: ${said.join("；")}` : "";
}

async function readChecks() {
  try {
    showChecks(await (await ask("/api/identity/sandbox/verifications")).json());
  } catch (error) {
    byId("steered").textContent = error.message;
  }
}

async function steer(port) {
  const said = byId("steered");
  try {
    const body = JSON.stringify({ [port.dataset.port]: port.value });
    const headers = { "Content-Type": "application/json" };
    showChecks(await (await ask("/api/identity/sandbox/verifications", { method: "PUT", headers, body })).json());
    said.textContent = "已设定，一小时内有效。Set, for an hour.";
  } catch (error) {
    said.textContent = error.message;
    void readChecks();
  }
}

async function answerBatch() {
  const said = byId("answered");
  try {
    const query = new URLSearchParams({ outcome: byId("outcome").value });
    const headers = { "Content-Type": "application/octet-stream" };
    const response = await ask(`/api/claims/sandbox/bank-results?${query}`, { method: "POST", headers, body: byId("batch").files[0] });
    const link = element("a");
    link.href = URL.createObjectURL(await response.blob());
    link.download = (response.headers.get("Content-Type") ?? "").startsWith("text/csv") ? "回盘.csv" : "回盘.xlsx";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    said.textContent = "回盘文件已下载，请到该批次导入。The answer is downloaded: import it at the batch.";
  } catch (error) {
    said.textContent = error.message;
  }
}

// The page that a member is sent to for their face: the union stands in the address that it goes back to.
function beginFace(back) {
  byId("whole").hidden = true;
  byId("facing").hidden = false;
  byId("back").href = back.href;
  union.replaceChildren(new Option("", /\/returns\/m\/([^/]+)\//.exec(back.pathname)?.[1] ?? ""));
  for (const button of document.querySelectorAll("[data-face]")) {
    button.addEventListener("click", async () => {
      const said = byId("faced");
      try {
        const options = { method: "PUT", headers: { "Content-Type": "application/json" } };
        await ask("/api/identity/sandbox/verifications", { ...options, body: JSON.stringify({ face: button.dataset.face }) });
        said.textContent = `已记为“${button.textContent}”。请回到会员端，点“我已完成核验，查看结果”。Noted: go back to the app and ask for the result.`;
      } catch (error) {
        said.textContent = error.message;
      }
    });
  }
}

// An address of this platform only.
function ownAddress(text) {
  try {
    const address = new URL(text, location.href);
    return address.origin === location.origin ? address : undefined;
  } catch {
    return undefined;
  }
}

async function begin() {
  const query = new URLSearchParams(location.search);
  const back = query.has("face") && ownAddress(query.get("back") ?? "/");
  if (back) return beginFace(back);
  try {
    const { items } = await (await ask("/api/identity/tenants")).json();
    union.replaceChildren(...items.map((one) => new Option(one.name.zh, one.code)));
  } catch (error) {
    list.replaceChildren(element("p", "problem", error.message));
    return;
  }
  const wanted = query.get("union");
  if (wanted && [...union.options].some((one) => one.value === wanted)) union.value = wanted;
  for (const port of ports) {
    port.replaceChildren(...Object.entries(CHOICES).map(([value, text]) => new Option(text, value)));
    port.addEventListener("change", () => void steer(port));
  }
  union.addEventListener("change", () => { byId("steered").textContent = ""; void readChecks(); void refresh(); });
  byId("filter").addEventListener("submit", (event) => { event.preventDefault(); void refresh(); });
  byId("bank").addEventListener("submit", (event) => { event.preventDefault(); void answerBatch(); });
  byId("filter").inert = byId("bank").inert = false;
  setInterval(() => document.visibilityState === "visible" && void refresh(), 2000);
  void readChecks();
  void refresh();
}

void begin();
