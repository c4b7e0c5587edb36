package fit_test

import (
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/services/translator/fit"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

func BenchmarkFit(b *testing.B) {
	carries := provider.Carries{Text: provider.Limit{Max: 4096, Unit: provider.UTF16}, Image: page, Caption: provider.Limit{Max: 1024, Unit: provider.UTF16}, Buttons: provider.Limit{Max: 3}, ButtonText: provider.Limit{Max: 20, Unit: provider.UTF16}}
	for name, c := range map[string]*messagev1.Content{
		"text that fits":    content.Text("¿Está abierto el sábado por la mañana?"),
		"text in parts":     content.Text(strings.Repeat("Una frase que no acaba nunca, y otra. ", 300)),
		"replies by number": {Kind: &messagev1.Content_QuickReply{QuickReply: &messagev1.QuickReply{Title: "¿Cuándo?", Replies: []string{"hoy", "mañana", "el lunes", "nunca"}}}},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if parts, _ := fit.Fit(c, carries); len(parts) == 0 {
					b.Fatal("no part")
				}
			}
		})
	}
}
