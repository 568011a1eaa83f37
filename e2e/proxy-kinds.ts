import { type ProxyKind, runOnce } from "./proxy-process.js";

/**
 * Debian's nginx: one HTTP/2 connection of its own to the server for each call in flight. The head
 * of a response must fit into its buffer, which holds 4 KiB unless told otherwise.
 */
const NGINX: ProxyKind = {
  name: "nginx",
  program: "/usr/sbin/nginx",
  config: ({ folder, port, serverPort }) => `
    daemon off;
    worker_processes 1;
    ${process.getuid?.() === 0 ? "user root;" : ""}
    pid ${folder}/pid;
    error_log ${folder}/error.log;
    events { worker_connections 1024; }
    http {
      access_log off;
      ${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${folder}/${name};`).join(" ")}
      client_max_body_size 0;
      ignore_invalid_headers off;
      underscores_in_headers on;
      upstream calls { server 127.0.0.1:${serverPort}; keepalive 32; }
      server {
        listen 127.0.0.1:${port} http2;
        location / { grpc_pass grpc://calls; grpc_buffer_size 64k; }
      }
    }
  `,
  args: (config, { folder }) => ["-p", folder, "-e", `${folder}/error.log`, "-c", config],
  reload: (_master, config) => runOnce("/usr/sbin/nginx", ["-c", config, "-s", "reload"]),
};

/**
 * Debian's haproxy, as master and worker. A header list must fit into one of its buffers, which
 * hold 16 KiB unless told otherwise.
 */
const HAPROXY: ProxyKind = {
  name: "haproxy",
  program: "/usr/sbin/haproxy",
  config: ({ port, serverPort }) => `
global
  maxconn 1000
  nbthread 1
  tune.bufsize 65536
defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 30s
frontend calls
  bind 127.0.0.1:${port} proto h2
  default_backend servers
backend servers
  server one 127.0.0.1:${serverPort} proto h2
`,
  args: (config) => ["-W", "-db", "-f", config],
  ready: "Loading success",
  reload: (master) => void process.kill(master, "SIGUSR2"),
};

/** nghttp2's own proxy. */
const NGHTTPX: ProxyKind = {
  name: "nghttpx",
  program: "/usr/sbin/nghttpx",
  config: ({ port, serverPort, folder }) => `
frontend=127.0.0.1,${port};no-tls
backend=127.0.0.1,${serverPort};;proto=h2
workers=1
errorlog-file=${folder}/error.log
pid-file=${folder}/pid
`,
  args: (config) => [`--conf=${config}`],
  reload: (master) => void process.kill(master, "SIGHUP"),
};

/** The proxies that gRPC runs through. */
export const PROXIES: readonly ProxyKind[] = [NGINX, HAPROXY, NGHTTPX];
