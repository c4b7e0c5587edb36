package service

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/node"
	"github.com/bonychat/puente/pkg/bus/provision"
	"github.com/bonychat/puente/pkg/topology"
)

// A service may be started before its broker: it waits, is not ready and says why.
func TestABrokerThatIsAwayIsWaitedFor(t *testing.T) {
	t.Parallel()
	address, internal := free(t), free(t)
	file := written(t, fmt.Sprintf("nats: {url: \"nats://%s\"}\nlog: {level: error}\n", address))
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	err := main("toy", []string{"-f", file, "-internal", internal}, func(_ context.Context, env Env) error {
		if status, text := ready(t, internal); status != 503 || !strings.Contains(text, "not connected to nats") {
			t.Errorf("before there is a broker: %d %s", status, text)
		}
		_, port, _ := net.SplitHostPort(address)
		number, err := strconv.Atoi(port)
		if err != nil {
			return err
		}
		broker, err := node.Start(node.Options{Dir: t.TempDir(), Port: number})
		if err != nil {
			return err
		}
		t.Cleanup(broker.Stop)
		provisioner, err := bus.Connect(broker.URL(), bus.Options{Name: "provision"})
		if err != nil {
			return err
		}
		defer provisioner.Close(ctx)
		if err := provision.Apply(ctx, provisioner, nil, provision.Storage{Replicas: 1}); err != nil {
			return err
		}
		if err := provision.Await(ctx, env.Bus, topology.Messages.Name); err != nil {
			return err
		}
		env.Started()
		if status, text := ready(t, internal); status != 200 {
			t.Errorf("once there is one: %d %s", status, text)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// free is an address that nobody listens on.
func free(t *testing.T) string {
	t.Helper()
	l := opened(t)
	defer l.Close()
	return l.Addr().String()
}

func ready(t *testing.T, address string) (status int, text string) {
	t.Helper()
	r, err := http.Get("http://" + address + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, string(body)
}
