package channels

import "testing"

func TestMistakesInSpanish(t *testing.T) {
	t.Parallel()
	for english, want := range map[string]string{
		"is required":                        "es obligatorio",
		"must be webhook or poll":            "tiene que ser webhook o poll",
		"must be 1 to 64 of A-Z a-z 0-9 _ -": "tiene que ser de 1 a 64 de A-Z a-z 0-9 _ -",
		"must be phone or custom, as the channel was set up at the platform":                "tiene que ser phone o custom, como se creó el canal en la plataforma",
		"is for mode webhook; mode poll has none":                                           "es del modo webhook; el modo poll no lo tiene",
		"must be http or https, a host and perhaps a port, such as https://api.example.com": "tiene que ser http o https, un host y quizá un puerto, como https://api.example.com",
		"must be 24 to 64 bytes in base64 after whsec_":                                     "tienen que ser de 24 a 64 bytes en base64 tras whsec_",
		"must be 1 to 128 of a-z 0-9, without @":                                            "",
		"something of its own":                                                              "",
	} {
		if got := spanish(english); got != want {
			t.Errorf("%s: %q, want %q", english, got, want)
		}
	}
}
