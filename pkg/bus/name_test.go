package bus_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/deadletter"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
)

// Whatever somebody's text becomes part of, the broker is never shown what would make it close the connection.
func TestWhatCanBeNoNameIsNotGivenToTheBroker(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, "testnet")
	b := s.Connect("reader")
	before := b.Connection()
	letters := strings.Repeat("a", 3010)
	for name, text := range map[string]string{
		"4 kB": strings.Repeat("x", 4<<10), "30 kB": strings.Repeat("x", 30<<10), "over the line once it is encoded": letters, "a blank": "a b",
		"a line": "a\r\nPUB b 0\r\n", "nothing": "", "a wildcard": "*", "the rest": ">", "a dot at the end": "a.", "another alphabet": "ñ", "no text": "\xff\x00",
	} {
		calls := map[string]func(context.Context) error{
			"publish": func(ctx context.Context) error {
				_, err := b.Publish(ctx, bus.Post{Subject: topology.JournalSubject("testnet", text), Body: &eventv1.Event{}})
				return err
			},
			"publish later": func(ctx context.Context) error {
				return b.PublishLater(ctx, bus.Post{Subject: topology.JournalSubject("testnet", text), Body: &eventv1.Event{}})(ctx)
			},
			"publish all": func(ctx context.Context) error {
				p := bus.Post{Subject: topology.EgressSubject("testnet", text), Body: &eventv1.Event{}}
				return b.PublishAll(ctx, []bus.Post{p, p})
			},
			"create": func(ctx context.Context) error {
				_, err := b.Create(ctx, topology.StateSubject("c", text), &indexv1.State{}, 0)
				return err
			},
			"read": func(ctx context.Context) error {
				_, err := b.Read(ctx, topology.StateSubject("c", text), &indexv1.State{})
				return err
			},
			"backlog": func(ctx context.Context) error { _, err := b.Backlog(ctx, "testnet", text); return err },
			"get": func(ctx context.Context) error {
				_, _, err := kv.Open(b, topology.Channels).Get(ctx, "a."+text)
				return err
			},
			"put":    func(ctx context.Context) error { return kv.Open(b, topology.Channels).Put(ctx, "a."+text, nil) },
			"delete": func(ctx context.Context) error { return kv.Open(b, topology.Channels).Delete(ctx, "a."+text) },
			"bucket": func(ctx context.Context) error { _, _, err := kv.Open(b, text).Get(ctx, "a"); return err },
		}
		if text != "*" && text != ">" { // where a filter is meant, they are one
			calls["watch"] = func(ctx context.Context) error {
				return kv.Open(b, topology.Channels).Watch(ctx, "a."+text, func(string, []byte) {}, func() {})
			}
			if text != "" {
				calls["letters"] = func(ctx context.Context) error {
					_, _, err := deadletter.List(ctx, b, deadletter.Query{Channel: text})
					return err
				}
			}
		}
		for verb, call := range calls {
			err := call(t.Context())
			if !errors.Is(err, bus.ErrName) {
				t.Errorf("%s of %s: %v", verb, name, err)
			} else if len(err.Error()) > 300 {
				t.Errorf("%s of %s: an error of %d bytes", verb, name, len(err.Error()))
			}
		}
	}
	if b.Connection() != before {
		t.Error("the broker closed the connection")
	}
}
