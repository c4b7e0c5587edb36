package words

var spanishLists = Lists{
	Contact: "Contacto", Named: "contacto %s", ContactTitle: "Mensajes del contacto %s",
	ContactHint: "Un contacto se muestra por el final de su dirección donde se conoce, y si no por un nombre que sale de su huella: es el mismo en todas las páginas, y de él no se puede sacar la dirección.",
	NoneOf:      "No se sabe de ningún mensaje de este contacto.", FailedOf: "Lo que falló de este contacto", OnlyOf: "Solo de %s", AllOf: "Los de todos",
	SentHint: "«Tardó» es desde que se aceptó hasta que lo tuvo la red, o BonyChat; cuándo lo leyó el contacto se dice aparte.",
	Previews: "También lo que solo se miró (vistas previas)",
	Times:    Plural{"1 vez", "%s veces"}, LastTime: "la última a %s",
	Tick: "Elegir", TickHint: "Se reenvían exactamente los que marque y vea antes.", TickAction: "Ver qué pasaría al reenviar los marcados",
	These:         Plural{"Reenviar este", "Reenviar estos %s"},
	MoreThanShown: "Son más de %d: además de los de la lista se reenvía lo elegido que falló antes de %s.",
	StandsNow:     "Cómo está ahora cada uno, según el historial.",
	QuietMinutes:  "Los tramos en los que no pasó nada no se muestran.",
	InBonyChat:    "en BonyChat",
	Said:          "Tal como está guardado (JSON)",
	Fields: map[string]string{
		"content.text.body": "Texto", "content.attachment.url": "Adjunto", "content.attachment.caption": "Pie del adjunto", "content.attachment.fileName": "Nombre del fichero",
		"content.attachment.mediaType": "Tipo de fichero", "content.location.latitude": "Latitud", "content.location.longitude": "Longitud", "content.location.address": "Lugar",
		"content.quickReply.title": "Pregunta", "content.quickReply.replies": "Respuestas", "contact.address": "Dirección del contacto", "contact.profile.name": "Nombre del contacto",
		"direction": "Vía", "acceptedAt": "Aceptado",
	},
	TextOf: "texto de %s caracteres", BytesOf: "texto de %s bytes", NameOf: "nombre de %s caracteres", Number: "número", TrueOrFalse: "verdadero o falso", Form: "formulario",
}

var spanishCall = Call{
	Open: "abrir", Title: "Llamada %d de %s", Structure: "Su estructura; los valores se omiten", Cut: "Es más larga: se ha cortado el resto.",
	Became: "Qué fue de lo que traía", NoMessages: "No traía ningún mensaje.",
	Message: "Mensaje", New: "no se había aceptado: leerla otra vez lo crearía", Known: "aceptado", NotInHistory: "aceptado; el historial ya no lo tiene", Letters: "Lo que no se pudo leer, guardado",
	Today: "Leída con el decodificador de hoy", TodayHint: "Esto solo se mira: no cambia nada.",
	All: Plural{"1 mensaje que ya se conoce", "%s mensajes que ya se conocen"}, Fresh: Plural{"1 mensaje nuevo", "%s mensajes nuevos"},
	Receipts: Plural{"1 confirmación", "%s confirmaciones"}, Ignored: Plural{"1 aviso que no hace falta", "%s avisos que no hacen falta"}, Unreadable: Plural{"1 parte que no se puede leer", "%s partes que no se pueden leer"},
	Nothing: "No trae nada que el puente use.",
	Sum:     Plural{"Se ha mirado 1 llamada.", "Se han mirado %s llamadas."}, ReadableNow: Plural{"1 que no se podía leer ahora sí se puede.", "%s que no se podían leer ahora sí se pueden."}, StillNot: Plural{"1 no se puede leer.", "%s no se pueden leer."},
	NothingWould: "Leerlas otra vez no cambiaría nada: todo lo que traen ya se conoce.", NothingDid: "No ha cambiado nada: todo lo que traían ya se conocía.",
}
