package e2e_test

import (
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/bonychat/puente/services/egress/discord/discordtest"
)

// TestDiscordSessionOutlivesAKill: direct messages both ways through kill -9 of the program while Discord tells it more than it can have
// stored, and through a stop. The session is resumed each time, so that what was told and not stored is told again; nothing is
// lost, doubled on the network, or out of order.
func TestDiscordSessionOutlivesAKill(t *testing.T) {
	t.Parallel()
	d := discordtest.New()
	t.Cleanup(d.Close)
	const token = "MTAwMDAwMDAwMDAwMDAwMDAx.abcdef.s3cret"
	br := &bridge{platform: newPlatform(t, map[string]string{"A": tokenA})}
	br.program = start(t, fmt.Sprintf(`
  - id: A
    network: discord
    contact_id: custom
    platform: {webhook_url: "%s/A", api_token: %q}
    account: {token: %q, api: %q}
`, br.platform.URL, tokenA, token, d.URL))
	people := []string{"200000000000000005", "200000000000000006", "200000000000000007"}
	wrote := 0
	write := func(n int) {
		for range n {
			for _, person := range people {
				d.Writes(person, fmt.Sprintf("%s %04d", marker, wrote))
			}
			wrote++
		}
	}
	arrived := func(person string) []string { return unique(eventTexts(br.platform.messages("A", person))) }
	eventually(t, "a session is begun", func() bool { return d.Sessions().Begun == 1 })
	write(1)
	eventually(t, "the first message is there", func() bool { return len(arrived(people[0])) == 1 })
	for kills := 0; d.Sessions().Again == 0; kills++ {
		if kills == 5 {
			t.Fatal("five times everything that was told was stored when the program was killed")
		}
		write(50)
		br.signal(syscall.SIGKILL)
		br.run()
		resumed := kills + 1
		eventually(t, "the session is resumed", func() bool { return d.Sessions().Resumed >= resumed })
	}
	var ids []string
	for i := range 10 {
		for _, person := range people {
			body := map[string]any{"channelId": "A", "contactId": person, "message": map[string]any{"type": "text", "text": fmt.Sprintf("%s %02d", marker, i)}}
			var a answer
			eventually(t, "it is taken", func() bool { a = br.send("Bearer "+tokenA, body); return a.mID != "" })
			ids = append(ids, a.mID)
		}
		if i == 5 {
			write(5)
			if status := br.signal(syscall.SIGTERM); status != 0 {
				t.Errorf("the program ended with %d", status)
			}
			br.run()
		}
	}
	for _, id := range ids {
		eventually(t, "it is sent", func() bool { return len(br.platform.statuses(id)) > 0 })
	}
	for _, person := range people {
		var in, out, sent []string
		for i := range wrote {
			in = append(in, fmt.Sprintf("%s %04d", marker, i))
		}
		eventually(t, "the platform has what was written", func() bool { return len(arrived(person)) == wrote })
		if got := arrived(person); !slices.Equal(got, in) {
			t.Errorf("the platform has %v", got)
		}
		for i := range 10 {
			out = append(out, fmt.Sprintf("%s %02d", marker, i))
		}
		for _, m := range d.Sent(person) {
			sent = append(sent, m.Text)
		}
		if !slices.Equal(sent, out) {
			t.Errorf("the person has %v", sent)
		}
	}
	if s := d.Sessions(); s.Begun != 1 || s.AtOnce != 1 {
		t.Errorf("%+v", s)
	}
	if log := br.log(); strings.Contains(log, token) || strings.Contains(log, marker) {
		t.Error("the log holds a credential or a text")
	}
}
