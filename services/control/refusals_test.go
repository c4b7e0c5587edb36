package control_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/service"
	"github.com/bonychat/puente/pkg/topology"
	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	"github.com/bonychat/puente/proto/gen/puente/control/v1/controlv1connect"
	livev1 "github.com/bonychat/puente/proto/gen/puente/live/v1"
)

// What all processes of the public side have refused is one list; who is silent is said.
func TestWhatProcessesHaveRefusedIsOneList(t *testing.T) {
	t.Parallel()
	a := start(t)
	began := time.Now().Add(-time.Hour).Truncate(time.Second)
	for i, instance := range []string{"ingress-1", "ingress-2", "ingress-3"} {
		data, err := json.Marshal(service.Presence{Service: "ingress", Instance: instance})
		if err != nil {
			t.Fatal(err)
		}
		if err := kv.Open(a.bus, topology.Leases).Put(t.Context(), "process.ingress."+instance, data); err != nil {
			t.Fatal(err)
		}
		if instance == "ingress-3" {
			continue
		}
		answering(a, topology.RefusalsSubject(instance), func(*livev1.RefusalsQuestion) (proto.Message, error) {
			at := timestamppb.New(began.Add(time.Duration(i) * time.Minute))
			return &livev1.RefusalsAnswer{Since: at, Refusals: []*livev1.Refusal{
				{By: "network", Network: "toy", Channel: "A", Cause: "forged", Times: uint64(2 + i), Last: at, Sample: &livev1.RefusedCall{Time: at, Method: instance}},
				{By: "platform", Network: "toy", Channel: "A", Cause: "invalid", Times: 1, Last: at, Breaches: []*livev1.Breach{
					{Field: "message.text", Rule: "length", Limit: "7000", Got: fmt.Sprint(7001 + i), Times: 1, Last: at},
				}},
			}}, nil
		})
	}
	client := controlv1connect.NewWebhookServiceClient(h2c(), a.url, as(reader))
	var got *controlv1.ListRefusalsResponse
	a.until("both answer", func() bool {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		answer, err := client.ListRefusals(ctx, connect.NewRequest(&controlv1.ListRefusalsRequest{Network: "toy"}))
		if err != nil {
			t.Fatal(err)
		}
		got = answer.Msg
		return got.GetSilent() == 1
	})
	last := began.Add(time.Minute)
	if len(got.GetRefusals()) != 2 || got.GetProcesses() != 3 || !got.GetSince().AsTime().Equal(last) {
		t.Fatalf("%v", got)
	}
	if r := got.GetRefusals()[0]; r.GetTimes() != 5 || !r.GetLast().AsTime().Equal(last) || r.GetSample().GetMethod() != "ingress-2" || r.GetChannel() != "A" {
		t.Errorf("%v", r)
	}
	if m := got.GetRefusals()[1].GetBreaches(); len(m) != 1 || m[0].GetTimes() != 2 || m[0].GetField() != "message.text" ||
		m[0].GetEs() != "7002 caracteres (unidades UTF-16); como máximo 7000" || m[0].GetEn() != "7002 characters (UTF-16 code units), at most 7000 are allowed" {
		t.Errorf("%v", m)
	}
}
