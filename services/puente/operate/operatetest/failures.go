package operatetest

import (
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// rest is what failed, what calls there are, and what becomes of what is ordered.
func (s *Scene) rest() {
	yesterday := timestamppb.New(Now.Add(-20 * time.Hour))
	s.Failures = []*controlv1.Failure{
		{Number: 9, Kind: controlv1.FailureKind_FAILURE_KIND_REFUSED, Id: "01a22590aa", Key: "01a22590aa-0-0", Network: "telegram", Channel: "tienda-telegram", Time: at(4, 1, 2, 0), Why: blocked, Service: "egress-telegram", ContactKey: KeyOfAnother},
		{Kind: controlv1.FailureKind_FAILURE_KIND_RECEIPT, Id: Receipt, Key: Receipt, Network: "whatsapp", Channel: "tienda-whatsapp", Time: at(3, 0, 0, 0), Why: noNumber, Service: "egress-whatsapp", Contact: "···222", ContactKey: KeyOfContact},
		{Number: 7, Kind: controlv1.FailureKind_FAILURE_KIND_UNREADABLE, Key: "c1f2", Network: "telegram", Channel: "tienda-telegram", Time: yesterday, Why: unreadable, Service: "egress-telegram"},
	}
	s.Resent = []*controlv1.Failure{{
		Kind: controlv1.FailureKind_FAILURE_KIND_REFUSED, Id: WasRead, Key: WasRead, Network: "whatsapp", Channel: "tienda-whatsapp", Time: at(4, 20, 0, 0), Why: tokenEnded,
		ResentAt: at(4, 27, 53, 800), State: controlv1.State_STATE_READ, Contact: "···222", ContactKey: KeyOfContact,
	}}
	s.Summary = &controlv1.SummarizeFailuresResponse{Total: 5, Resent: 1, Groups: []*controlv1.FailureGroup{
		{Count: 3, Kind: controlv1.FailureKind_FAILURE_KIND_REFUSED, Why: blocked, Channels: []string{"tienda-telegram"}, First: yesterday, Last: at(4, 1, 2, 0), Example: "01a22590aa"},
		{Count: 1, Kind: controlv1.FailureKind_FAILURE_KIND_RECEIPT, Why: noNumber, Channels: []string{"tienda-whatsapp"}, First: at(3, 0, 0, 0), Last: at(3, 0, 0, 0), Example: Receipt},
		{Count: 1, Kind: controlv1.FailureKind_FAILURE_KIND_UNREADABLE, Why: unreadable, Channels: []string{"tienda-telegram"}, First: yesterday, Last: yesterday, Example: "c1f2"},
	}}
	s.Body = `{"message":{"id":"text of 10 characters","direction":"text of 18 characters","content":{"text":{"body":"text of 9 characters"}}}}`
	s.Content = `{"message":{"id":"01a22590aa","contact":{"address":"555"},"direction":"DIRECTION_OUTBOUND","acceptedAt":"2026-11-29T03:01:00Z","content":{"text":{"body":"zanahoria"}}}}`
	one := func(f *controlv1.Failure, r controlv1.ReplayResult) *controlv1.ReplayFailuresResponse {
		return &controlv1.ReplayFailuresResponse{Outcome: &controlv1.ReplayOutcome{Failure: f, Result: r}}
	}
	stays := one(&controlv1.Failure{Number: 4, Kind: controlv1.FailureKind_FAILURE_KIND_REFUSED, Id: "01a2258fbb", Key: "01a2258fbb-0-0", Channel: "old-telegram", Network: "telegram", Why: blocked}, controlv1.ReplayResult_REPLAY_RESULT_STAYS)
	stays.Outcome.Why = noChannel
	left := one(s.Failures[1], controlv1.ReplayResult_REPLAY_RESULT_LEFT_OUT)
	left.Outcome.MayArriveTwice = true
	left.Outcome.Why = twice
	resent := one(s.Failures[1], controlv1.ReplayResult_REPLAY_RESULT_SENT)
	resent.Outcome.MayArriveTwice = true
	again := one(s.Failures[0], controlv1.ReplayResult_REPLAY_RESULT_FAILED_AGAIN)
	again.Outcome.Why = blocked
	s.WouldGo = []*controlv1.ReplayFailuresResponse{
		one(s.Failures[0], controlv1.ReplayResult_REPLAY_RESULT_WOULD_GO), stays, left,
		{Sum: &controlv1.ReplaySum{WouldGo: 1, Stay: 1, LeftOut: 1, Contacts: 1}},
	}
	s.Replayed = []*controlv1.ReplayFailuresResponse{
		one(s.Failures[0], controlv1.ReplayResult_REPLAY_RESULT_ON_ITS_WAY), stays, again, resent,
		{Sum: &controlv1.ReplaySum{Sent: 4, FailedAgain: 1, Stay: 1, Contacts: 2, MayArriveTwice: 1}},
	}
	s.Calls = []*controlv1.Call{
		{Number: 101, Time: at(4, 0, 0, 0), Network: "telegram", Channel: "tienda-telegram", Size: 512, Messages: 1, Known: 1},
		{Number: 102, Time: at(4, 0, 1, 0), Network: "telegram", Channel: "tienda-telegram", Size: 9000, Unreadable: 1, Error: "update: unexpected end of JSON input"},
	}
	s.CallShown = &controlv1.ShowCallResponse{
		Call:      &controlv1.Call{Number: 102, Time: at(4, 0, 1, 0), Network: "telegram", Channel: "tienda-telegram", Size: 9000, Messages: 2, Known: 1, Receipts: 1, Unreadable: 1},
		Structure: `{"method":"text of 4 characters","body":{"update_id":"number","number":"number","message":{"text":"text of 30 characters"}}}`,
		Messages:  []*controlv1.CallMessage{{Id: WasRead, Known: true, State: controlv1.State_STATE_SENT, AcceptedAt: at(4, 0, 1, 0)}, {Id: "01a22590cc"}},
		Letters:   []*controlv1.Failure{{Number: 7, Kind: controlv1.FailureKind_FAILURE_KIND_UNREADABLE, Key: "c1f2", Network: "telegram", Channel: "tienda-telegram", Time: yesterday, Why: unreadable}},
	}
	s.CallsReplayed = []*controlv1.ReplayCallsResponse{
		{Calls: 60, KnownMessages: 50},
		{Calls: 118, NewMessages: 3, KnownMessages: 110, Receipts: 12, ReadableNow: 3, Unreadable: 1, Done: true},
	}
	s.Applied = &controlv1.ApplyResponse{Added: []string{"nueva"}, Changed: []string{"tienda-whatsapp"}}
	s.StreamList = []*controlv1.Stream{{Name: "MESSAGES"}, {Name: "JOURNAL", Differs: []string{"max_age: 720h, not 168h"}}}
	s.Findings = map[string][]*controlv1.Finding{
		"tienda-telegram": {
			{What: "credentials", Good: true, En: "good", Es: "válidas"},
			{What: "webhook", Good: true, En: "registered: https://bridge.example.com/webhooks/telegram/tienda-telegram", Es: "registrado: https://bridge.example.com/webhooks/telegram/tienda-telegram"},
		},
		"tienda-twilio": {
			{What: "credentials", Good: true, En: "good", Es: "válidas"},
			{What: "webhook", En: "another one is registered: https://old.example.com", Es: "hay otro registrado: https://old.example.com"},
		},
		"tienda-whatsapp": {
			{What: "credentials", Good: true, Unknown: true, En: "not checked: the network has nothing to ask", Es: "sin comprobar: la red no ofrece cómo preguntarlo"},
			{What: "todo", Good: true, Unknown: true, En: "paste the address", Es: "pegue la dirección"},
		},
	}
	s.Hops = []*controlv1.WatchResponse{
		{Hop: &controlv1.Hop{Time: at(4, 32, 26, 152), Hop: "accepted", Service: "ingress", Id: Waits, Network: "telegram", Channel: "tienda-telegram", Direction: controlv1.Direction_DIRECTION_OUT}},
		{},
		{Hop: &controlv1.Hop{Time: at(4, 32, 27, 0), Hop: "failed", Service: "egress-telegram", Id: "01a22590aa", Network: "telegram", Channel: "tienda-telegram", Direction: controlv1.Direction_DIRECTION_OUT, Reason: blocked}, LeftOut: 7},
	}
}
