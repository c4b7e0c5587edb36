package bustest

import (
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// StartSmall starts a broker without any stream, as somebody else may run it: with this much room for streams and this
// largest message, in bytes. It ends with the test.
func StartSmall(t testing.TB, room int64, payload int32) *Server {
	t.Helper()
	n, err := server.NewServer(&server.Options{
		Host: "127.0.0.1", Port: server.RANDOM_PORT, NoSigs: true, NoLog: true, JetStream: true, StoreDir: t.TempDir(), JetStreamMaxStore: room, MaxPayload: payload,
	})
	if err != nil {
		t.Fatal(err)
	}
	n.Start()
	t.Cleanup(func() { n.Shutdown(); n.WaitForShutdown() })
	if !n.ReadyForConnections(30 * time.Second) {
		t.Fatal("the broker is not ready")
	}
	return &Server{t: t, url: n.ClientURL()}
}
