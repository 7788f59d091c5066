using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "desk", worker = .desk)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "desk")]
);
const desk :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "worker.js"), (name = "plan", json = embed "plan.json")],
  compatibilityDate = "2024-09-01"
);
