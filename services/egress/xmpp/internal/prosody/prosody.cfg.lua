-- For tests alone: no encryption, passwords in the clear; no stream management either, of which @xmpp/client miscounts after a lost
-- connection ("Client acknowledged more stanzas than sent by server"), so that it is thrown out again. {DATA}, {C2S}, {COMPONENT} and {HTTP} are put in by the test.
daemonize = false
run_as_root = true
pidfile = "{DATA}/prosody.pid"
data_path = "{DATA}"
interfaces = { "127.0.0.1" }
local_interfaces = { "127.0.0.1" }
component_interfaces = { "127.0.0.1" }
http_interfaces = { "127.0.0.1" }
c2s_ports = { {C2S} }
component_ports = { {COMPONENT} }
http_ports = { {HTTP} }
https_ports = {}
s2s_ports = {}
modules_enabled = { "roster", "saslauth", "disco", "ping", "offline" }
modules_disabled = { "s2s" }
allow_unencrypted_plain_auth = true
c2s_require_encryption = false
authentication = "internal_plain"
storage = "internal"
log = { error = "*console" }
VirtualHost "example.test"
Component "bridge.example.test"
  component_secret = "s3cret"
Component "upload.example.test" "http_file_share"
  http_external_url = "http://127.0.0.1:{HTTP}/"
  http_host = "127.0.0.1"
