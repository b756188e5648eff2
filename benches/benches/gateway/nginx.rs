//! nginx as a plain reverse proxy and as the do-it-yourself gate with `auth_request`.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::server::Server;

/// How nginx is to be set up.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Setup {
    /// `proxy_pass` alone: decides nothing.
    Plain,
    /// `auth_request` with connections to the decider kept alive.
    AuthKeptAlive,
    /// `auth_request` as most write it: an own `proxy_set_header` in the auth location drops the kept-alive setting.
    AuthReconnecting,
}

/// Starts nginx in front of `upstream`; the decider of the auth setups is `decider`.
pub(crate) fn start(folder: &Path, setup: Setup, upstream: &str, decider: &str) -> Result<Server> {
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let root = folder.join(format!("nginx-{port}"));
    fs::create_dir_all(root.join("logs"))?;
    let configuration = root.join("nginx.conf");
    fs::write(&configuration, text(&root, port, setup, upstream, decider))?;
    let mut command = Command::new("nginx");
    command.arg("-p").arg(&root).arg("-c").arg(&configuration);
    Server::on(format!("127.0.0.1:{port}"), &mut command).context("nginx: install Debian's package nginx")
}

fn text(root: &Path, port: u16, setup: Setup, upstream: &str, decider: &str) -> String {
    let auth_location = match setup {
        Setup::Plain => String::new(),
        Setup::AuthKeptAlive => {
            location("proxy_set_header Connection \"\"; proxy_set_header Content-Length \"\";")
        }
        Setup::AuthReconnecting => location("proxy_set_header X-Original-URI $request_uri;"),
    };
    let auth_request = if matches!(setup, Setup::Plain) { "" } else { "auth_request /decide;" };
    format!(
        r#"daemon off; worker_processes auto; pid {root}/nginx.pid; error_log {root}/logs/error.log crit;
events {{ worker_connections 4096; }}
http {{
  access_log off; keepalive_requests 100000000;
  client_body_temp_path {root}/body; proxy_temp_path {root}/proxy; fastcgi_temp_path {root}/f; uwsgi_temp_path {root}/u; scgi_temp_path {root}/s;
  upstream instance {{ server {upstream}; keepalive 128; keepalive_requests 100000000; }}
  upstream decider {{ server {decider}; keepalive 128; keepalive_requests 100000000; }}
  proxy_http_version 1.1; proxy_set_header Connection "";
  server {{
    listen 127.0.0.1:{port};
    location / {{ {auth_request} proxy_pass http://instance; }}
    {auth_location}
  }}
}}
"#,
        root = root.display()
    )
}

fn location(headers: &str) -> String {
    format!(
        "location = /decide {{ internal; proxy_pass_request_body off; {headers} proxy_pass http://decider/decide; }}"
    )
}
