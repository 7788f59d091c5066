#!/bin/sh
# lua-resty-websocket in nginx, as OpenResty has it: nginx writes its files where it is started.
# What a handler raises is logged by nginx, which then ends the connection.
here=$(dirname "$(realpath "$0")")
envs=$(env | sed -n 's/^\(PLAN_[A-Z_]*\)=.*/env \1;/p')
cat > nginx.conf <<CONF
load_module /usr/lib/nginx/modules/ndk_http_module.so;
load_module /usr/lib/nginx/modules/ngx_http_lua_module.so;
daemon off; pid $PWD/pid; error_log /dev/null crit; worker_processes 1; user root; worker_shutdown_timeout 500ms;
$envs
events { }
http {
  access_log off; client_body_temp_path $PWD; proxy_temp_path $PWD; fastcgi_temp_path $PWD; uwsgi_temp_path $PWD; scgi_temp_path $PWD;
  lua_package_path "/usr/share/lua/5.1/?.lua;;"; lua_socket_log_errors off;
  server { listen 127.0.0.1:$1; location / { content_by_lua_file $here/resty.lua; } }
}
CONF
exec nginx -c "$PWD/nginx.conf" -p "$PWD" -e /dev/null
