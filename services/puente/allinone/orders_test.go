package allinone

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/bonychat/puente/services/puente/operate/exit"
	"github.com/bonychat/puente/services/puente/operate/operatetest"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	reasonv1 "github.com/bonychat/puente/proto/gen/puente/reason/v1"
)

// What a command line says reaches the bridge as it was meant.
func TestWhatIsAskedOfTheBridge(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]proto.Message{
		"where abc --channel tienda-twilio --all": &controlv1.WhereRequest{Query: "abc", Channel: "tienda-twilio", Limit: 100},
		"channels --network twilio --trouble":     &controlv1.ListChannelsRequest{Network: "twilio", Trouble: true},
		"pause tienda-twilio --for 1d --reason x": &controlv1.PauseChannelRequest{Channel: "tienda-twilio", Reason: "x", For: durationpb.New(24 * 3600e9)},
		"pause tienda-twilio --reason x":          &controlv1.PauseChannelRequest{Channel: "tienda-twilio", Reason: "x"},
		"resume tienda-twilio":                    &controlv1.ResumeChannelRequest{Channel: "tienda-twilio"},
		"check tienda-twilio":                     &controlv1.CheckChannelRequest{Channel: "tienda-twilio"},
		"failures --network telegram --kind receipt --fault setup --limit 7": &controlv1.ListFailuresRequest{PageSize: 7, Filter: &controlv1.FailureFilter{
			Network: "telegram", Kind: controlv1.FailureKind_FAILURE_KIND_RECEIPT, Fault: reasonv1.Fault_FAULT_SETUP,
		}},
		"failures --by reason --reason blocked":                &controlv1.SummarizeFailuresRequest{Filter: &controlv1.FailureFilter{Reason: "blocked"}},
		"dead --channel tienda-telegram":                       &controlv1.ListFailuresRequest{PageSize: 100, Filter: &controlv1.FailureFilter{Channel: "tienda-telegram"}},
		"dead list":                                            &controlv1.ListFailuresRequest{PageSize: 100, Filter: &controlv1.FailureFilter{}},
		"dead show 9":                                          &controlv1.ShowDeadLetterRequest{Number: 9},
		"dead show 9 --content":                                &controlv1.ShowDeadLetterRequest{Number: 9, Content: true},
		"dead --show 9":                                        &controlv1.ShowDeadLetterRequest{Number: 9, Content: true},
		"dead discard 9 --because x":                           &controlv1.DiscardFailuresRequest{Reason: "x", Filter: &controlv1.FailureFilter{Number: 9}},
		"dead discard --network line --because x":              &controlv1.DiscardFailuresRequest{Reason: "x", DryRun: true, Filter: &controlv1.FailureFilter{Network: "line"}},
		"dead discard --key k --because x --yes":               &controlv1.DiscardFailuresRequest{Reason: "x", Filter: &controlv1.FailureFilter{Key: "k"}},
		"replay --key m1":                                      &controlv1.ReplayFailuresRequest{Filter: &controlv1.FailureFilter{Key: "m1"}},
		"replay --all --dry-run":                               &controlv1.ReplayFailuresRequest{Filter: &controlv1.FailureFilter{}, All: true, DryRun: true},
		"replay --number 9 --wait --because x":                 &controlv1.ReplayFailuresRequest{Filter: &controlv1.FailureFilter{Number: 9}, WaitSeconds: 60, Reason: "x"},
		"replay --reason b --wait=90s":                         &controlv1.ReplayFailuresRequest{Filter: &controlv1.FailureFilter{Reason: "b"}, WaitSeconds: 90},
		"replay --kind receipt":                                &controlv1.ReplayFailuresRequest{Filter: &controlv1.FailureFilter{Kind: controlv1.FailureKind_FAILURE_KIND_RECEIPT}},
		"calls list --network telegram --unreadable --limit 5": &controlv1.ListCallsRequest{Network: "telegram", Unreadable: true, PageSize: 5},
		"tail tienda-twilio --failed":                          &controlv1.WatchRequest{Channel: "tienda-twilio", Failed: true},
	} {
		bridge := operatetest.Start(t)
		out, errs, status := commandLine(on(t, bridge, operatetest.Token, line)...)
		asked := bridge.Asked()
		if len(asked) == 0 || status == exit.Usage {
			t.Errorf("%s: status %d: %s%s", line, status, out, errs)
			continue
		}
		if d := cmp.Diff(want, asked[0], protocmp.Transform()); d != "" {
			t.Errorf("%s (-want +got):\n%s", line, d)
		}
	}
}

// What is asked for is answered, with the status that says how.
func TestHowOrdersEnd(t *testing.T) {
	t.Parallel()
	bridge := operatetest.Start(t)
	for _, test := range []struct {
		line   string
		status int
		want   string
	}{
		{"failures", exit.OK, "the contact blocked the bot"},
		{"failures --by reason", exit.OK, "5 in all"},
		{"failures --by fault", exit.Usage, `--by: there is no "fault": reason`},
		{"failures --limit 0", exit.Usage, "--limit must be 1 to 10000"},
		{"failures --fault nobody", exit.Usage, `--fault: there is no "nobody": there are contact, agent, setup, network, puente`},
		{"failures --kind status --channel tienda-twilio", exit.OK, "nothing failed"},
		{"dead", exit.OK, "c1f2"},
		{"dead lst", exit.Usage, `there is no command "lst": did you mean list?`},
		{"dead show x", exit.Usage, `"x" is no number of a dead letter`},
		{"dead show 4711", exit.NotFound, "there is no dead letter 4711"},
		{"dead discard --because x", exit.Usage, "say what to discard"},
		{"dead discard 9", exit.Usage, "--because is required"},
		{"dead discard --reason x --because y", exit.Failed, "say --yes to discard them"},
		{"dead discard --reason x --because y --dry-run", exit.OK, "would be gone for good: 2 dead letters"},
		{"replay", exit.Usage, "say what to bring back"},
		{"replay --all --channel tienda-twilio", exit.Usage, "say what to bring back"},
		{"replay --all --wait=11m", exit.Usage, "--wait is at most 10 m"},
		{"replay --all", exit.Failed, "failed again: the contact blocked the bot"},
		{"replay --all --dry-run", exit.OK, "Nothing was changed."},
		{"pause tienda-twilio", exit.Usage, "--reason is required"},
		{"pause --reason x", exit.Usage, "say which channel"},
		{"pause nobody --reason x", exit.NotFound, `there is no channel "nobody"`},
		{"pause tienda-twilio --reason x --for 30m", exit.OK, "tienda-twilio is paused until "},
		{"resume tienda-twilio", exit.OK, "tienda-twilio was not paused"},
		{"change tienda-telegram locale=en", exit.OK, "tienda-telegram is changed in the file"},
		{"change tienda-telegram locale=en --dry-run", exit.OK, "a new one"},
		{"change tienda-telegram platform.webhook_url=", exit.Usage, "what is wrong stands above"},
		{"change tienda-telegram", exit.Usage, "say what to change"},
		{"change tienda-telegram locale", exit.Usage, `"locale" is no SETTING=VALUE`},
		{"change tienda-telegram platform.other=x", exit.Usage, "platform.other is no setting that can be changed"},
		{"change nobody locale=en", exit.NotFound, `there is no channel "nobody"`},
		{"remove tienda-telegram", exit.Failed, "say --yes to take tienda-telegram out"},
		{"remove tienda-telegram --yes", exit.OK, "tienda-telegram is taken out of the file"},
		{"check tienda-telegram", exit.OK, "good"},
		{"check tienda-twilio", exit.NeedsYou, "another one is registered: https://old.example.com"},
		{"check nobody", exit.NotFound, `there is no channel "nobody"`},
		{"calls list", exit.OK, "unexpected end of JSON input"},
		{"calls list --limit 1001", exit.Usage, "--limit must be 1 to 1000"},
		{"calls replay", exit.Usage, "--since is required"},
		{"calls replay --since 1h --channel tienda-twilio --dry-run", exit.NeedsYou, "118 calls: 3 new messages"},
		{"tail", exit.OK, "7 hops were left out"},
	} {
		out, errs, status := commandLine(on(t, bridge, operatetest.Token, test.line+" --lang en")...)
		if status != test.status || !strings.Contains(out+errs, test.want) {
			t.Errorf("%s: status %d, want %d and %q: %s%s", test.line, status, test.status, test.want, out, errs)
		}
	}
}

// A question that names what there is not is not answered with good news.
func TestAWrongNameIsNoGoodNews(t *testing.T) {
	t.Parallel()
	bridge := operatetest.Start(t)
	bridge.Failures, bridge.Summary = nil, &controlv1.SummarizeFailuresResponse{}
	bridge.WouldGo, bridge.Replayed = nil, []*controlv1.ReplayFailuresResponse{{Sum: &controlv1.ReplaySum{}}}
	for line, want := range map[string]string{
		"dead --channel nobody":                           `there is no channel "nobody": there are tienda-telegram, tienda-twilio, tienda-whatsapp`,
		"failures --network telegrm":                      `no channel has the network "telegrm": there are telegram, twilio, whatsapp`,
		"failures --by reason --channel nobody":           `there is no channel "nobody"`,
		"replay --channel nobody":                         `there is no channel "nobody"`,
		"replay --key nobody":                             "nothing that failed has the id, key or number nobody",
		"dead --channel tienda-twilio --network telegram": "channel tienda-twilio is one of the network twilio, not of telegram",
	} {
		if out, errs, status := commandLine(on(t, bridge, operatetest.Token, line+" --lang en")...); status != exit.NotFound || out != "" || !strings.Contains(errs, want) {
			t.Errorf("%s: status %d: %s%s", line, status, out, errs)
		}
	}
	for _, line := range []string{"dead --channel tienda-twilio", "failures --network twilio", "replay --channel tienda-twilio", "replay --all"} {
		if out, errs, status := commandLine(on(t, bridge, operatetest.Token, line+" --lang en")...); status != exit.OK || errs != "" {
			t.Errorf("%s: status %d: %s%s", line, status, out, errs)
		}
	}
}

// A reader's token is refused where something would be changed, and says which role is needed.
func TestAReaderChangesNothing(t *testing.T) {
	t.Parallel()
	bridge := operatetest.Start(t)
	for _, line := range []string{"pause tienda-twilio --reason x", "resume tienda-twilio", "change tienda-twilio locale=en", "remove tienda-twilio --yes", "replay --all", "dead discard 9 --because x", "calls replay --since 1h --network telegram"} {
		if out, errs, status := commandLine(on(t, bridge, operatetest.ReadToken, line+" --lang en")...); status != exit.Failed || !strings.Contains(errs, "this token may not do that: the role write is needed") {
			t.Errorf("%s: status %d: %s%s", line, status, out, errs)
		}
	}
}
