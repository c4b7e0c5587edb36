package sendertest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"

	"go.opentelemetry.io/otel/trace/noop"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/httpclient"
)

// Host makes what a sender works with, for tests: replies, files and state are kept in memory, the public side of the bridge is
// https://bridge.example.com, and the channel's id is "channel".
func Host(network string, client *httpclient.Client) provider.Host {
	return provider.Host{
		Client: client, WebhookURL: "https://bridge.example.com/webhooks/" + network + "/channel",
		Replies: &Replies{}, Files: files{}, State: &State{},
	}
}

type files struct{}

// Publish implements [provider.Files].
func (files) Publish(_ context.Context, name, _ string, data []byte) (string, error) {
	sum := sha256.Sum256(data)
	return "https://bridge.example.com/media/" + hex.EncodeToString(sum[:8]) + "/" + name, nil
}

// NewClient makes the client that networks get, for tests: no tracing, and these addresses exempt from the guard.
func NewClient(reached ...string) *httpclient.Client {
	c := httpclient.New(httpclient.Options{Tracer: noop.NewTracerProvider().Tracer("")})
	c.Reach(reached...)
	return c
}
