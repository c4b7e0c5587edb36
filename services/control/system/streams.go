package system

import (
	"context"
	"errors"
	"slices"
	"strings"

	"connectrpc.com/connect"

	"github.com/bonychat/puente/pkg/bus/provision"
	"github.com/bonychat/puente/pkg/topology"
	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// Streams implements the API.
func (s *Service) Streams(ctx context.Context, _ *connect.Request[controlv1.StreamsRequest]) (*connect.Response[controlv1.StreamsResponse], error) {
	all, err := s.streams(ctx)
	if err != nil {
		return nil, err
	}
	for _, one := range all {
		declared, ok := topology.Declared(one.GetName())
		if !ok {
			continue
		}
		differs, err := provision.Verify(ctx, s.Bus, declared)
		if errors.Is(err, provision.ErrUnfit) {
			differs, err = append(differs, err.Error()), nil
		}
		if err != nil {
			return nil, err
		}
		one.Differs = differs
	}
	return connect.NewResponse(&controlv1.StreamsResponse{Streams: all}), nil
}

// streams are all streams and buckets there are, by name, without what differs.
func (s *Service) streams(ctx context.Context) (all []*controlv1.Stream, err error) {
	names, err := s.Bus.StreamNames(ctx)
	if err != nil {
		return nil, err
	}
	for _, b := range topology.Buckets() {
		names = append(names, bucketStream+b.Name)
	}
	slices.Sort(names)
	for _, name := range names {
		state, err := s.Bus.State(ctx, name)
		if err != nil {
			return nil, err
		}
		all = append(all, &controlv1.Stream{
			Name: name, Description: about(name), Messages: state.Messages, Bytes: state.Bytes, Limit: uint64(state.MaxBytes), Oldest: stamp(state.FirstTime),
		})
	}
	return all, nil
}

// bucketStream is how the broker names the streams of buckets.
const bucketStream = "KV_"

// about says what a stream is for.
func about(name string) string {
	if kind, far, ok := strings.Cut(name, "_"); ok {
		switch kind {
		case "WEBHOOKS":
			return "calls of " + far + " as they came"
		case "EGRESS":
			return "what waits to be sent to " + far
		case "OUTCOMES":
			return "what became of each send to " + far + ", and its receipts"
		}
	}
	return map[string]string{
		topology.Messages.Name:           "messages on their way to the translator",
		topology.Index.Name:              "what is remembered of messages",
		topology.Journal.Name:            "history for people",
		topology.Dead.Name:               "dead letters",
		topology.Audit.Name:              "what operators did",
		topology.Sent.Name:               "texts of sent messages that may fail yet",
		topology.Files.Name:              "attachments",
		bucketStream + topology.Networks: "what each network declares",
		bucketStream + topology.Channels: "settings of channels, and how they stand",
		bucketStream + topology.Secrets:  "credentials",
		bucketStream + topology.Contacts: "addresses of contacts",
		bucketStream + topology.Context:  "questions with numbers to answer",
		bucketStream + topology.Replies:  "how contacts can be answered",
		bucketStream + topology.Leases:   "which process works on what",
	}[name]
}
