package control_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"connectrpc.com/connect"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/durationpb"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	"github.com/bonychat/puente/services/control/auth"
)

// files are where the services of the API are declared.
var files = []protoreflect.FileDescriptor{
	controlv1.File_puente_control_v1_channel_proto, controlv1.File_puente_control_v1_failure_proto, controlv1.File_puente_control_v1_message_proto,
	controlv1.File_puente_control_v1_system_proto, controlv1.File_puente_control_v1_webhook_proto,
}

// procedures are all procedures of the API.
func procedures() (paths []string) {
	for _, f := range files {
		for i := range f.Services().Len() {
			s := f.Services().Get(i)
			for j := range s.Methods().Len() {
				paths = append(paths, fmt.Sprintf("/%s/%s", s.FullName(), s.Methods().Get(j).Name()))
			}
		}
	}
	return paths
}

func TestEveryProcedureIsInTheTable(t *testing.T) {
	all := procedures()
	if len(all) < 22 {
		t.Fatalf("only %d procedures", len(all))
	}
	for _, path := range all {
		p, ok := auth.ProcedureOf(path)
		if !ok || p.Right == 0 || p.Within <= 0 || p.Within > time.Hour || p.Most <= 0 {
			t.Errorf("%s: %+v, %v", path, p, ok)
		}
	}
}

// Nobody comes in without a token, whatever is called, and no stranger learns what there is.
func TestWithoutATokenEverythingIsRefused(t *testing.T) {
	t.Parallel()
	a := start(t)
	for _, path := range append(procedures(), "/puente.control.v1.SystemService/Nothing") {
		for _, token := range []string{"", "S3CRET", writer[1:], writer + "x"} {
			if status, body := a.curl(path, token, "{}"); status != http.StatusUnauthorized && status != http.StatusTooManyRequests || strings.Contains(body, "S3CRET") {
				t.Errorf("%s with %q: %d %s", path, token, status, body)
			}
		}
	}
	if status, body := a.curl("/puente.control.v1.SystemService/Status", writer, "{}"); status != http.StatusOK {
		t.Errorf("a right token after many wrong ones: %d %s", status, body)
	}
	acts := a.acts()
	if len(acts) < 10 || len(acts) > 70 {
		t.Errorf("%d of %d refusals are in the audit", len(acts), 4*(len(procedures())+1))
	}
	for _, act := range acts {
		if act.GetActor() != "" || act.GetFrom() != "127.0.0.1" || act.GetOutcome() != "unauthenticated" && act.GetOutcome() != "resource_exhausted" {
			t.Errorf("%v", act)
		}
		if strings.Contains(act.String(), writer[1:]) {
			t.Error("the audit holds a token")
		}
	}
}

// A stranger who calls a thousand times neither fills the audit nor is answered for long.
func TestAStrangerWhoCallsAThousandTimes(t *testing.T) {
	t.Parallel()
	a := start(t)
	answers := map[int]int{}
	for range 1000 {
		status, _ := a.curl("/puente.control.v1.ChannelService/PauseChannel", "wrong", `{}`)
		answers[status]++
	}
	if answers[http.StatusUnauthorized] > 60 || answers[http.StatusUnauthorized]+answers[http.StatusTooManyRequests] != 1000 {
		t.Errorf("%v", answers)
	}
	acts := a.acts()
	if len(acts) > 14 {
		t.Errorf("%d acts", len(acts))
	}
	if !strings.Contains(acts[0].GetDetail(), "times lately") || !strings.Contains(acts[0].GetDetail(), "not recorded one by one") {
		t.Errorf("what is left out is not told: %v", acts[0])
	}
}

// What each role may not do is refused and audited, by each protocol.
func TestRoles(t *testing.T) {
	t.Parallel()
	a := start(t)
	pause := &controlv1.PauseChannelRequest{Channel: "A", Reason: "token rotation"}
	for name, protocol := range map[string][]connect.ClientOption{
		"connect": nil, "json": {connect.WithProtoJSON()}, "grpc": {connect.WithGRPC()}, "grpc-web": {connect.WithGRPCWeb()},
	} {
		for _, token := range []string{reader, contents} {
			_, err := a.channels(token, protocol...).PauseChannel(t.Context(), connect.NewRequest(pause))
			if connect.CodeOf(err) != connect.CodePermissionDenied || !strings.Contains(err.Error(), "this needs write") {
				t.Errorf("%s: %v", name, err)
			}
		}
		if answer, err := a.channels(reader, protocol...).ListChannels(t.Context(), connect.NewRequest(&controlv1.ListChannelsRequest{})); err != nil || len(answer.Msg.GetChannels()) != 2 {
			t.Errorf("%s: %v, %v", name, answer, err)
		}
	}
	var refused []string
	for _, act := range a.acts() {
		refused = append(refused, strings.Join([]string{act.GetActor(), act.GetRole(), act.GetProcedure(), act.GetOutcome()}, " "))
	}
	want := []string{
		"carla content /puente.control.v1.ChannelService/PauseChannel permission_denied",
		"rosa read /puente.control.v1.ChannelService/PauseChannel permission_denied",
	}
	if diff := cmp.Diff(want, refused); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAPauseIsAudited(t *testing.T) {
	t.Parallel()
	a := start(t)
	pause := &controlv1.PauseChannelRequest{Channel: "A", Reason: "token rotation", For: durationpb.New(30 * time.Minute)}
	answer, err := a.channels(writer, connect.WithGRPC()).PauseChannel(t.Context(), connect.NewRequest(pause))
	if err != nil {
		t.Fatal(err)
	}
	if c := answer.Msg.GetChannel(); c.GetState() != controlv1.ChannelState_CHANNEL_STATE_PAUSED || c.GetPausedBy() != "walter" ||
		c.GetPausedReason() != "token rotation" || c.GetWhy().GetCode() != "puente.paused" || c.GetUntil() == nil {
		t.Errorf("%v", c)
	}
	if status, body := a.curl("/puente.control.v1.ChannelService/ResumeChannel", writer, `{"channel":"A"}`); status != http.StatusOK || !strings.Contains(body, `"wasPaused":true`) {
		t.Errorf("%d %s", status, body)
	}
	if status, body := a.curl("/puente.control.v1.ChannelService/PauseChannel", writer, `{"channel":"C","reason":"x"}`); status != http.StatusNotFound || !strings.Contains(body, `there is no channel \"C\"`) {
		t.Errorf("%d %s", status, body)
	}
	var got []string
	for _, act := range a.acts() {
		got = append(got, strings.Join([]string{act.GetActor(), act.GetTarget(), act.GetDetail(), act.GetReason(), act.GetOutcome()}, "|"))
	}
	want := []string{"walter|C|until it is resumed|x|not_found", "walter|A|||ok", "walter|A|for 30m0s|token rotation|ok"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What is out of bounds is refused with the names of the fields and their bounds.
func TestFieldsOutOfBounds(t *testing.T) {
	t.Parallel()
	a := start(t)
	_, err := a.channels(writer).PauseChannel(t.Context(), connect.NewRequest(&controlv1.PauseChannelRequest{
		Channel: strings.Repeat("x", 65), Reason: strings.Repeat("ñ", 201), For: durationpb.New(time.Millisecond),
	}))
	refused := new(connect.Error)
	if connect.CodeOf(err) != connect.CodeInvalidArgument || !asError(err, &refused) {
		t.Fatal(err)
	}
	fields := map[string]string{}
	for _, d := range refused.Details() {
		v, err := d.Value()
		if err != nil {
			t.Fatal(err)
		}
		if bad, ok := v.(*errdetails.BadRequest); ok {
			for _, f := range bad.GetFieldViolations() {
				fields[f.GetField()] = f.GetDescription()
			}
		}
	}
	for field, bound := range map[string]string{"channel": "64", "reason": "200", "for": "1s"} {
		if !strings.Contains(fields[field], bound) || !strings.Contains(err.Error(), field) {
			t.Errorf("%s: %q", field, fields[field])
		}
	}
	if len(refused.Details()) != 2 {
		t.Errorf("%d details", len(refused.Details()))
	}
	if acts := a.acts(); len(acts) != 1 || acts[0].GetOutcome() != "invalid_argument" || acts[0].GetActor() != "walter" {
		t.Errorf("%v", acts)
	}
}
