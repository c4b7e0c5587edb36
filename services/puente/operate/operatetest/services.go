package operatetest

import (
	"context"
	"errors"
	"slices"
	"strings"

	"connectrpc.com/connect"

	"github.com/bonychat/puente/proto/gen/puente/control/v1/controlv1connect"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

var (
	errToken   = errors.New("the token is unknown")
	errRole    = errors.New("the role write is needed")
	errChannel = errors.New("there is no such channel")
	errCall    = errors.New("there is no such call")
	errLetter  = errors.New("there is no such dead letter")
	errWritten = errors.New("the file cannot be written")
	errPaused  = errors.New("the channel is not paused")
	errVersion = errors.New("the channel has been changed meanwhile")
	errMessage = errors.New("there is no such message")
)

func notFound[A any](err error) (*connect.Response[A], error) {
	return nil, connect.NewError(connect.CodeNotFound, err)
}

func answer[A any](a *A) (*connect.Response[A], error) { return connect.NewResponse(a), nil }

type messages struct{ *Server }

func (s messages) Where(_ context.Context, r *connect.Request[controlv1.WhereRequest]) (*connect.Response[controlv1.WhereResponse], error) {
	if c := r.Msg.GetChannel(); c != "" && s.channel(c) == nil {
		return notFound[controlv1.WhereResponse](errChannel)
	}
	var found []*controlv1.Message
	match := controlv1.Match_MATCH_ID
	for _, m := range s.Messages {
		if s.Contacts[m.GetId()] == r.Msg.GetQuery() {
			match = controlv1.Match_MATCH_CONTACT
		}
		if strings.HasPrefix(m.GetId(), r.Msg.GetQuery()) || m.GetTraceId() == r.Msg.GetQuery() || s.Contacts[m.GetId()] == r.Msg.GetQuery() {
			found = append(found, m)
		}
	}
	if len(found) == 0 {
		return notFound[controlv1.WhereResponse](errMessage)
	}
	return answer(&controlv1.WhereResponse{Messages: found, Match: match, More: s.More})
}

func (s messages) ListMessages(_ context.Context, r *connect.Request[controlv1.ListMessagesRequest]) (*connect.Response[controlv1.ListMessagesResponse], error) {
	a := &controlv1.ListMessagesResponse{}
	for _, m := range s.Messages {
		if c := r.Msg.GetContact(); c != "" && c != m.GetContactKey() || len(r.Msg.GetIds()) > 0 && !slices.Contains(r.Msg.GetIds(), m.GetId()) {
			continue
		}
		a.Messages = append(a.Messages, m)
	}
	return answer(a)
}

func (s messages) Watch(ctx context.Context, r *connect.Request[controlv1.WatchRequest], out *connect.ServerStream[controlv1.WatchResponse]) error {
	s.note(r.Msg)
	for _, m := range s.Hops {
		if err := out.Send(m); err != nil {
			return err
		}
	}
	if s.WatchLasts {
		<-ctx.Done()
	}
	return nil
}

type failures struct{ *Server }

func (s failures) ListFailures(_ context.Context, r *connect.Request[controlv1.ListFailuresRequest]) (*connect.Response[controlv1.ListFailuresResponse], error) {
	a := &controlv1.ListFailuresResponse{}
	if r.Msg.GetResent() {
		a.Failures = s.Resent
		return answer(a)
	}
	for i, f := range s.Failures {
		if k := r.Msg.GetFilter().GetKind(); k != 0 && k != f.GetKind() {
			continue
		}
		if c := r.Msg.GetFilter().GetContact(); c != "" && c != f.GetContactKey() {
			continue
		}
		if n := r.Msg.GetPageSize(); n > 0 && len(a.Failures) == int(n) {
			a.NextPageToken = string(rune('a' + i))
			break
		}
		if after := r.Msg.GetPageToken(); after == "" || i >= int(after[0]-'a') {
			a.Failures = append(a.Failures, f)
		}
	}
	return answer(a)
}

func (s failures) SummarizeFailures(context.Context, *connect.Request[controlv1.SummarizeFailuresRequest]) (*connect.Response[controlv1.SummarizeFailuresResponse], error) {
	return answer(s.Summary)
}

func (s failures) ShowDeadLetter(_ context.Context, r *connect.Request[controlv1.ShowDeadLetterRequest]) (*connect.Response[controlv1.ShowDeadLetterResponse], error) {
	for _, f := range s.Failures {
		if f.GetNumber() == r.Msg.GetNumber() {
			body := s.Body
			if r.Msg.GetContent() {
				body = s.Content
			}
			return answer(&controlv1.ShowDeadLetterResponse{Failure: f, Body: body})
		}
	}
	return notFound[controlv1.ShowDeadLetterResponse](errLetter)
}

func (s failures) ReplayFailures(_ context.Context, r *connect.Request[controlv1.ReplayFailuresRequest], out *connect.ServerStream[controlv1.ReplayFailuresResponse]) error {
	s.note(r.Msg)
	outcomes := s.Replayed
	if r.Msg.GetDryRun() {
		outcomes = s.WouldGo
	}
	for _, m := range outcomes {
		if err := out.Send(m); err != nil {
			return err
		}
	}
	return nil
}

func (s failures) DiscardFailures(context.Context, *connect.Request[controlv1.DiscardFailuresRequest]) (*connect.Response[controlv1.DiscardFailuresResponse], error) {
	return answer(&controlv1.DiscardFailuresResponse{Discarded: 2})
}

type webhooks struct{ *Server }

func (s webhooks) ListCalls(context.Context, *connect.Request[controlv1.ListCallsRequest]) (*connect.Response[controlv1.ListCallsResponse], error) {
	return answer(&controlv1.ListCallsResponse{Calls: s.Calls})
}

func (s webhooks) ShowCall(_ context.Context, r *connect.Request[controlv1.ShowCallRequest]) (*connect.Response[controlv1.ShowCallResponse], error) {
	for _, c := range s.Calls {
		if c.GetNumber() == r.Msg.GetNumber() {
			return answer(s.CallShown)
		}
	}
	return notFound[controlv1.ShowCallResponse](errCall)
}

func (s webhooks) ReplayCalls(_ context.Context, r *connect.Request[controlv1.ReplayCallsRequest], out *connect.ServerStream[controlv1.ReplayCallsResponse]) error {
	s.note(r.Msg)
	for _, m := range s.CallsReplayed {
		if err := out.Send(m); err != nil {
			return err
		}
	}
	return nil
}

func (s webhooks) ListRefusals(_ context.Context, r *connect.Request[controlv1.ListRefusalsRequest]) (*connect.Response[controlv1.ListRefusalsResponse], error) {
	a := &controlv1.ListRefusalsResponse{Since: s.Refusals.GetSince(), Processes: s.Refusals.GetProcesses()}
	for _, one := range s.Refusals.GetRefusals() {
		if c := r.Msg.GetChannel(); c == "" || c == one.GetChannel() {
			a.Refusals = append(a.Refusals, one)
		}
	}
	return answer(a)
}

type system struct {
	*Server
}

func (s system) Status(context.Context, *connect.Request[controlv1.StatusRequest]) (*connect.Response[controlv1.StatusResponse], error) {
	return answer(s.State)
}

func (s system) Backlog(context.Context, *connect.Request[controlv1.BacklogRequest]) (*connect.Response[controlv1.BacklogResponse], error) {
	return answer(&controlv1.BacklogResponse{})
}

func (s system) Traffic(context.Context, *connect.Request[controlv1.TrafficRequest]) (*connect.Response[controlv1.TrafficResponse], error) {
	if s.Points != nil {
		return answer(&controlv1.TrafficResponse{StepSeconds: 60, Points: s.Points})
	}
	return answer(&controlv1.TrafficResponse{StepSeconds: 60, Points: []*controlv1.TrafficPoint{
		{Time: at(4, 31, 0, 0), Out: 20, In: 17, P95Seconds: 0.8}, {Time: at(4, 32, 0, 0), Out: 21, In: 16, Failed: 2, P95Seconds: 1.5}, {Time: at(4, 33, 0, 0), Out: 3, Open: 3},
	}})
}

func (s system) Processes(context.Context, *connect.Request[controlv1.ProcessesRequest]) (*connect.Response[controlv1.ProcessesResponse], error) {
	return answer(&controlv1.ProcessesResponse{})
}

func (s system) Streams(context.Context, *connect.Request[controlv1.StreamsRequest]) (*connect.Response[controlv1.StreamsResponse], error) {
	return answer(&controlv1.StreamsResponse{Streams: s.StreamList})
}

func (s system) ListAudit(_ context.Context, r *connect.Request[controlv1.ListAuditRequest]) (*connect.Response[controlv1.ListAuditResponse], error) {
	a := &controlv1.ListAuditResponse{}
	for _, act := range s.Acts {
		if !r.Msg.GetWithoutPreviews() || !strings.Contains(act.GetDetail(), "dry run") {
			a.Acts = append(a.Acts, act)
		}
	}
	return answer(a)
}

var (
	_ controlv1connect.MessageServiceHandler = messages{}
	_ controlv1connect.ChannelServiceHandler = channels{}
	_ controlv1connect.FailureServiceHandler = failures{}
	_ controlv1connect.WebhookServiceHandler = webhooks{}
	_ controlv1connect.SystemServiceHandler  = system{}
)
