package rights_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/pkg/topology/rights"
)

// covers says that a subject matches a filter.
func covers(filter, subject string) bool {
	f, s := strings.Split(filter, "."), strings.Split(subject, ".")
	for i, token := range f {
		if token == ">" {
			return i < len(s)
		}
		if i >= len(s) || token != "*" && token != s[i] {
			return false
		}
	}
	return len(f) == len(s)
}

// Each service may publish what it publishes, and of another network nothing.
func TestRightsAreThoseOfTheSubjects(t *testing.T) {
	t.Parallel()
	all := map[string]rights.Set{}
	for _, r := range rights.Of([]string{"a", "b"}, "c") {
		all[r.Service] = r
	}
	subjects := func(n string) []string {
		return []string{
			topology.WebhookSubject(n, "ch"), topology.MessageSubject(n, "ch", "x"), topology.OutcomeSubject(n, "ch", "k"), topology.ReceiptSubject(n, "ch", "r"),
			topology.StandingSubject(n, "ch"), topology.SentSubject(n, "ch", "k"), topology.DeadSubject("egress-"+n, n, "ch"), "$KV.NETWORKS." + n,
			"$KV.REPLIES." + n + ".ch.d.k", "$KV.STATE." + n + ".ch", "$KV.CONTACTS.kept." + n + ".ch.d", "$KV.CHANNELS.state." + n + ".ch", "$KV.LEASES.unit.egress-" + n + ".x", "$JS.API.CONSUMER.CREATE.KV_SECRETS.x.$KV.SECRETS." + n + ".*",
		}
	}
	for service, want := range map[string]struct{ may, not []string }{
		"egress-a": {subjects("a"), append(subjects("b"), topology.DeadSubject("egress-a", "b", "ch"), topology.EgressSubject("a", "ch"), topology.StateSubject("ch", "1"), topology.JournalSubject("a", "ch"), "$KV.SECRETS.a.ch")},
		"egress-b": {subjects("b"), subjects("a")},
		"translator": {
			[]string{topology.EgressSubject("a", "ch"), topology.EgressSubject("c", "ch"), topology.EgressSubject(topology.Platform, "ch"), topology.StateSubject("ch", "1"), topology.RefSubject("a", "ch", "r"), topology.EarlySubject("a", "ch", "r"), topology.OpenSubject("a", "ch", "c"), topology.SeenSubject("a", "ch", "1"), topology.JournalSubject("a", "ch")},
			[]string{topology.AuditSubject("1"), "$KV.SECRETS.a.ch", "$KV.CHANNELS.channel.a.ch"},
		},
		"ingress": {
			[]string{topology.WebhookSubject("a", "ch"), topology.MessageSubject("b", "ch", "x"), topology.StateSubject("ch", "1"), topology.CallSubject("a", "ch", "c")},
			[]string{topology.EgressSubject("a", "ch"), topology.OutcomeSubject("a", "ch", "k"), "$JS.API.CONSUMER.CREATE.KV_SECRETS.x.$KV.SECRETS.*.*", "$JS.API.STREAM.MSG.GET.KV_SECRETS"},
		},
	} {
		may := func(s string) bool {
			return slices.ContainsFunc(all[service].Publish, func(f string) bool { return covers(f, s) })
		}
		for _, s := range want.may {
			if !may(s) {
				t.Errorf("%s may not publish %s", service, s)
			}
		}
		for _, s := range want.not {
			if may(s) {
				t.Errorf("%s may publish %s", service, s)
			}
		}
	}
}
