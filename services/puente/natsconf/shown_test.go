package natsconf_test

import (
	"strings"
	"testing"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/topology"
)

// shown looks at the broker with what the tools of NATS use, while services run: each stream and bucket says what it is for and what is
// stored under each of its subjects, and each consumer who reads. Those of buckets are made by the client, without a name or metadata: they
// tell the service by the subject on which it is answered.
func (d *deployment) shown(t *testing.T, services []string) {
	t.Helper()
	js, err := jetstream.New(d.enter("puente"))
	if err != nil {
		t.Fatal(err)
	}
	streams, readers, watches := 0, map[string]int{}, map[string]int{}
	list := js.ListStreams(t.Context())
	for info := range list.Info() {
		streams++
		c := info.Config
		if c.Description == "" {
			t.Errorf("%s has no description", c.Name)
		}
		for _, subject := range c.Subjects {
			kind, _, _ := strings.Cut(subject, ".")
			if kind == "$KV" {
				kind = "values"
			}
			if !strings.Contains(c.Metadata["puente."+kind], "/") {
				t.Errorf("%s does not say what is stored under %s: %v", c.Name, subject, c.Metadata)
			}
		}
		stream, err := js.Stream(t.Context(), c.Name)
		if err != nil {
			t.Fatal(err)
		}
		consumers := stream.ListConsumers(t.Context())
		for consumer := range consumers.Info() {
			who, found := "", map[string]int(nil)
			for _, service := range services {
				said := consumer.Config.Metadata
				instance, reads := said["puente.instance"], said["puente.reads"]
				switch {
				case strings.HasPrefix(instance, service+"-") && strings.HasPrefix(consumer.Name, instance) && reads != "":
					who, found = service, readers
				case strings.HasPrefix(consumer.Config.DeliverSubject, bus.InboxOf("", service)+"."):
					who, found = service, watches
				}
			}
			if who == "" {
				t.Errorf("%s of %s does not say who reads: %+v", consumer.Name, c.Name, consumer.Config)
				continue
			}
			found[who]++
		}
		if err := consumers.Err(); err != nil {
			t.Fatal(err)
		}
	}
	if err := list.Err(); err != nil {
		t.Fatal(err)
	}
	if want := len(topology.Streams(both)) + len(topology.Buckets()); streams != want {
		t.Errorf("%d streams were looked at, want %d", streams, want)
	}
	for _, service := range []string{"translator", "egress-telegram", "egress-bonychat"} {
		if readers[service] == 0 || watches[service] == 0 {
			t.Errorf("%s has %d readers and %d watches", service, readers[service], watches[service])
		}
	}
}
