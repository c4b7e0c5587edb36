package homeserver

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// Server is a homeserver that runs.
type Server struct {
	// URL is its client-server API.
	URL string
	// Log is what it wrote. It is read after Stop.
	Log  bytes.Buffer
	cmd  *exec.Cmd
	done chan error
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
	address, err := free()
	if err != nil {
		return nil, err
	}
	s := &Server{URL: "http://" + address, done: make(chan error, 1)}
	s.cmd = exec.Command(binary, "-config", "dendrite.yaml", "-http-bind-address", address, "-https-bind-address", "127.0.0.1:0",
		"-really-enable-open-registration")
	s.cmd.Dir, s.cmd.Stdout, s.cmd.Stderr = dir, &s.Log, &s.Log
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the homeserver: %w", err)
	}
	go func() { s.done <- s.cmd.Wait() }()
	return s, s.await(ctx)
}

// await waits until it answers.
func (s *Server) await(ctx context.Context) error {
	for {
		req, err := http.NewRequestWithContext(ctx, "GET", s.URL+"/_matrix/client/versions", nil)
		if err != nil {
			return err
		}
		if resp, err := http.DefaultClient.Do(req); err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == 200 {
				return nil
			}
		}
		select {
		case err := <-s.done:
			s.done <- err
			return fmt.Errorf("the homeserver ended: %w\n%s", err, s.Log.String())
		case <-ctx.Done():
			s.Stop()
			return errors.Join(ctx.Err(), errors.New("the homeserver does not answer"))
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// Stop ends it.
func (s *Server) Stop() {
	_ = s.cmd.Process.Signal(os.Interrupt)
	select {
	case <-s.done:
	case <-time.After(10 * time.Second):
		_ = s.cmd.Process.Kill()
		<-s.done
	}
}

// free is an address that nobody listens on.
func free() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}
