// Package homeserver builds and runs a real homeserver for tests: Dendrite of matrix-org, Apache-2.0, as its own process
// on loopback, with SQLite and without federation.
package homeserver

import (
	"context"
	"crypto/rand"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/bonychat/puente/pkg/foreigntest"
)

// Build returns the path of the binary; module is the folder of internal/dendrite.
func Build(ctx context.Context, module string) (string, error) {
	return foreigntest.Build(ctx, module, "github.com/matrix-org/dendrite/cmd/dendrite")
}

// Server is a homeserver that runs.
type Server struct {
	// URL is its client-server API.
	URL string
	*foreigntest.Process
}

// ServerName is what its users' ids end with.
const ServerName = "localhost"

const config = `version: 2
global:
  server_name: localhost
  private_key: matrix_key.pem
  disable_federation: true
  jetstream: {in_memory: true, storage_path: ./}
  presence: {enable_inbound: false, enable_outbound: false}
app_service_api:
  config_files: [registration.yaml]
client_api:
  registration_disabled: false
  guests_disabled: true
  rate_limiting: {enabled: false, threshold: 20, cooloff_ms: 500}
federation_api: {key_perspectives: [], database: {connection_string: "file:federation.db"}}
key_server: {database: {connection_string: "file:keys.db"}}
media_api: {base_path: ./media, max_file_size_bytes: 1048576, database: {connection_string: "file:media.db"}}
mscs: {database: {connection_string: "file:mscs.db"}}
relay_api: {database: {connection_string: "file:relay.db"}}
room_server: {database: {connection_string: "file:rooms.db"}}
sync_api: {database: {connection_string: "file:sync.db"}}
user_api: {bcrypt_cost: 4, account_database: {connection_string: "file:users.db"}}
logging: [{type: std, level: warn}]
`

// Start runs the binary in an empty folder, with one application service registered, and returns when it answers.
func Start(ctx context.Context, binary, dir, registration string) (*Server, error) {
	seed := make([]byte, 32)
	_, _ = rand.Read(seed) // never fails
	key := pem.EncodeToMemory(&pem.Block{Type: "MATRIX PRIVATE KEY", Headers: map[string]string{"Key-ID": "ed25519:test01"}, Bytes: seed})
	for name, data := range map[string][]byte{
		"dendrite.yaml": []byte(config), "matrix_key.pem": key, "registration.yaml": []byte(registration),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			return nil, err
		}
	}
	address, err := foreigntest.FreeAddress()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(binary, "-config", "dendrite.yaml", "-http-bind-address", address, "-https-bind-address", "127.0.0.1:0",
		"-really-enable-open-registration")
	cmd.Dir = dir
	url := "http://" + address
	p, err := foreigntest.Start(ctx, cmd, url+"/_matrix/client/versions")
	return &Server{URL: url, Process: p}, err
}
