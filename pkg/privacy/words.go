package privacy

// The lists of words by which names are known. Stems are in lower case, without their endings.

var courtesies = set("pan", "pana", "panu", "panem", "pani", "panią", "panie", "państwo", "państwa", "państwu", "panowie", "panom", "paniom", "p", "pp")

// street announces an address, whose name is no person here.
var street = set("ul", "ulica", "ulicy", "ulicę", "ulicą", "al", "aleja", "alei", "aleję", "aleją", "aleje", "os", "osiedle", "osiedlu", "osiedla", "pl", "plac", "placu",
	"szosa", "szosy", "szosie", "szosę", "szosą", "rondo", "ronda", "rondzie", "szkoła", "szkoły", "szkole", "przedszkole", "przedszkola", "przedszkolu", "im", "imienia", "św",
	"święty", "świętego", "święta", "świętej", "parafia", "parafii", "dzień", "dniu", "most", "park", "parku", "skwer", "kościół", "kościele")

// abbreviations end in a point that ends no sentence.
var abbreviations = []string{"p", "pp", "ul", "al", "os", "pl", "im", "św", "mgr", "dr", "inż", "hab", "prof", "ds", "tel", "nr", "zast", "dz", "pok", "ref", "wydz", "kier", "insp", "dyr", "z-ca"}

// offices announce the surname of the one who holds them.
var (
	offices = []string{"wójt", "wójci", "burmistrz", "prezydent", "starost", "staroś", "sekretarz", "sekretark", "sekretarc", "skarbnik", "skarbnicz", "kierownik", "kierownicz",
		"kier", "naczelnik", "naczelnicz", "dyrektor", "dyr", "inspektor", "insp", "podinspektor", "referent", "urzędnik", "urzędnicz", "pracownik", "pracownic", "pracownicz", "sołtys",
		"komendant", "prezes", "przewodnicząc", "specjalist", "specjaliśc", "informatyk", "geodet", "geodec", "strażnik", "strażnicz", "radc", "radn", "wicewójt", "wicewójci",
		"wiceburmistrz", "wicestarost", "zastępc", "zastępczyn", "z-c", "mgr", "dr", "inż", "asystent", "stażyst", "stażyśc", "architek", "architekt", "kasjer", "recepcjonist",
		"recepcjoniśc", "księgow", "ochroniarz", "dzielnicow", "mecenas", "koleżank", "koleżanc", "kolega", "koleg"}
	officeEndings = []string{"", "a", "ą", "ę", "y", "i", "u", "o", "e", "ie", "owi", "em", "iem", "ka", "ką", "kę", "ki", "ce", "czka", "czkę", "czką", "czce", "czki", "cy",
		"ego", "emu", "ym", "ej", "yni", "ynię", "ynią", "im", "om", "ami", "owie", "ów"}
)

// subjects are what an office is for: they may stand between the office and the name, and are no name itself.
var subjects = []string{"urząd", "urzęd", "referat", "wydział", "biur", "usc", "gops", "mops", "ops", "ds", "spraw", "obywatelsk", "stan", "cywiln", "gospodark", "komunaln",
	"budownict", "finans", "podatk", "oświat", "kultur", "pomoc", "społeczn", "ośrod", "dróg", "rolnict", "środowisk", "inwestycj", "promocj", "organizac", "nieruchomoś",
	"geodez", "ewidencj", "ludnoś", "dowod", "kadr", "kas", "informaty", "kancelar", "sekretariat", "zamówie", "publiczn", "mieszkan", "planowan", "przestrzen", "zagospodarow",
	"księgowoś", "ochron", "świadcze", "rodzin", "opłat", "odpad", "obsług", "klient", "interesant", "bhp", "bip", "zakład", "bibliotek", "muze", "stra", "dom", "centrum",
	"działalno", "gospodarcz", "meldun", "komunikac", "architekt", "wykonawcz", "generaln"}

// places begin adjectives and nouns that end as surnames do and are none.
var places = []string{"polsk", "bydgosk", "gdańsk", "toruńsk", "warszawsk", "poznańsk", "krakowsk", "kujawsk", "pomorsk", "mazowieck", "śląsk", "europejsk", "ukraińsk", "angielsk",
	"niemieck", "rosyjsk", "francusk", "miejsk", "wiejsk", "sołeck", "obywatelsk", "mieszkańsk", "radzieck", "osielsk", "koronowsk", "soleck", "mieszkaniec", "dworsk", "wojewódzk",
	"marszałkowsk", "starościńsk", "urzędnicz", "urzędowsk", "tablic", "ulic", "granic", "okolic", "różnic", "prac", "blisk", "ludzk", "trosk", "klęsk", "sąsiedzk", "rodzicielsk",
	"nauczycielsk", "lekarsk", "pacjen", "chamsk", "mistrzowsk", "partnersk", "koleżeńsk", "oblicz", "licz", "zalicz", "nalicz", "rozlicz", "wylicz", "policz", "dolicz", "zwycz",
	"spółdzielcz", "rolnicz", "samorządowsk", "autorsk", "gospodarsk", "harcersk", "sportowsk", "unijn", "inwalidzk", "kombatanck", "emeryck", "pracownicz", "dyrektorsk",
	"kierownicz", "sekretarsk", "amatorsk", "fachowsk", "psychologiczn", "technicz", "tragicz", "katastrof", "katolick", "chrześcijańsk", "parafialn", "boisk", "lotnisk", "wysypisk",
	"stanowisk", "środowisk", "nazwisk", "zjawisk", "miask", "nacisk", "pocisk", "uścisk", "ucisk", "zysk", "dysk", "wniosk", "wioski", "wiosk", "kioska", "kiosk", "łask", "mask",
	"kresk", "porządk", "gablock", "klock", "mieszk", "dziecka", "dziecki", "świadectw", "szlacheck", "niebiesk", "okienk", "wszystk", "gwiazdk", "szwedzk", "norwesk", "czesk", "litewsk",
	"białorusk", "wileńsk", "olsztyńsk", "łódzk", "lubelsk", "podlask", "opolsk", "małopolsk", "wielkopolsk", "wrocławsk", "szczecińsk", "nakielsk", "żnińsk", "inowrocławsk"}

// everyday are words that remarks are full of, for texts in capitals and capitals of politeness.
var everyday = set("bardzo", "jest", "była", "był", "były", "było", "byli", "miła", "miły", "mili", "miłe", "nie", "tak", "się", "dla", "która", "który", "którzy", "którą", "które",
	"dobra", "dobry", "dobrze", "super", "musi", "zawsze", "nigdy", "dziękuję", "dziękuje", "proszę", "polecam", "udzieliła", "udzielił", "oraz", "przy", "okienku", "okienka",
	"obsługuje", "obsługująca", "pracuje", "pracująca", "siedząca", "siedzi", "mówi", "powiedziała", "powiedział", "kazała", "kazał", "odmówiła", "odmówił", "przyjęła",
	"pomogła", "pomógł", "załatwiła", "załatwił", "wszystko", "niemiła", "niemiły", "uprzejma", "uprzejmy", "kompetentna", "kompetentny", "profesjonalna", "cierpliwa", "życzliwa",
	"serdecznie", "szybko", "długo", "tylko", "bez", "pod", "nad", "jak", "gdy", "ale", "czy", "też", "tam", "tutaj", "podobno", "chyba", "trzeba", "można", "powinna", "powinien",
	"powinni", "nic", "mnie", "mną", "nam", "nas", "ich", "jej", "jego", "nasz", "nasza", "nasi", "wasz", "wasza", "ten", "ta", "to", "ci", "te", "tego", "tej", "tym", "taka", "taki",
	"bóg", "boga", "bogu", "jezus", "europa", "polska", "unia", "internet", "facebook", "pesel", "nip", "regon", "pit", "vat", "ceidg", "epuap", "sms", "covid", "rodo", "usc",
	"kochani", "szanowni", "dzień", "dobry", "maj", "maja", "marka", "marki", "marzenie", "marzenia", "lista", "data", "ani")

// firstNames are stems of common first names, of the short ones people call each other by, and of Ukrainian ones.
var (
	firstNames = []string{"ann", "mari", "katarzyn", "małgorzat", "agnieszk", "agnieszc", "barbar", "barbarz", "ew", "krystyn", "elżbiet", "elżbieci", "magdalen", "joann", "aleksandr",
		"monik", "monic", "teres", "danut", "danuc", "natali", "karolin", "mart", "juli", "beat", "beac", "dorot", "doroc", "jadwig", "jadwidz", "jolant", "jolanc", "halin",
		"iwon", "alicj", "paulin", "zofi", "justyn", "irmin", "iren", "hann", "renat", "renac", "sylwi", "wiktori", "oliwi", "patrycj", "urszul", "edyt", "edyc", "wand", "marzen",
		"weronik", "weronic", "emili", "kamil", "oksan", "ołen", "olen", "tetian", "iryn", "grażyn", "bożen", "wiesław", "lucyn", "izabel", "honorat", "honorac", "stanisław",
		"mirosław", "jarosław", "sławomir", "bogumił", "ani", "ol", "kasi", "basi", "gosi", "krysi", "zosi", "kasieńk", "aneci", "anet", "ilon", "klaudi", "dominik", "dominic", "kinga", "king",
		"sabin", "wioletc", "wiolet", "violet", "lidi", "regin", "celin", "genowef", "helen", "stefani", "leokadi", "czesław", "zdzisław", "kazimier", "michalin", "gabriel", "angelik",
		"piotr", "piotrk", "krzysztof", "krzyś", "krzyśk", "krzysiek", "andrzej", "tomasz", "tomek", "tomk", "paweł", "pawł", "jan", "janek", "jank", "jasiek", "michał", "marcin",
		"jakub", "kub", "adam", "marek", "mark", "łukasz", "grzegorz", "grzesiek", "grześk", "mateusz", "wojciech", "wojtek", "wojtk", "mariusz", "dariusz", "darek", "dark", "zbigniew",
		"zbyszek", "zbyszk", "rafał", "robert", "roberci", "jerz", "jurek", "jurk", "szymon", "dawid", "henryk", "kacper", "kacpr", "artur", "sebastian", "bartosz", "bartek", "bartk", "damian", "patryk",
		"karol", "przemysław", "przemek", "przemk", "maciej", "maćk", "maciek", "marian", "adrian", "filip", "antoni", "daniel", "aleksander", "aleksandr", "tadeusz", "arkadiusz", "arek",
		"waldemar", "waldek", "waldk", "leszek", "leszk", "roman", "ryszard", "rysiek", "ryśk", "jacek", "jack", "witold", "bogdan", "edward", "oleksandr", "serhij", "wołodymyr", "mykoł",
		"andrij", "ireneusz", "ireneus", "eugeniusz", "zenon", "bolesław", "bronisław", "władysław", "franciszek", "franciszk", "józef", "ignac", "hubert", "konrad", "dominik", "wiktor"}
	firstNameEndings = []string{"", "a", "ą", "ę", "y", "i", "ie", "ii", "u", "o", "e", "owi", "em", "iem", "ego", "emu", "m", "im", "ja", "ję", "ją", "ji", "ia", "ię", "ią", "ze"}
)

// surnames are stems of common surnames whose ending tells nothing.
var (
	surnames = []string{"nowak", "wójcik", "woźniak", "kaczmarek", "kaczmark", "mazurek", "mazurk", "pawlak", "walczak", "michalak", "szymczak", "adamiak", "pietrzak", "marciniak",
		"wieczork", "dudek", "dudk", "wróbel", "wróbl", "pawlik", "stępień", "stępni", "stępniak", "jasiński", "sobczak", "szczepaniak", "kubiak", "kołodziej", "nowacz", "nowaczk",
		"gajda", "gajd", "maciejak", "bednarz", "bednarek", "bednark", "urbaniak", "filipiak", "tomczak", "kozioł", "kozł", "mikołajczak", "cieślak", "banaś", "czerwiń", "głowack",
		"jóźwiak", "kasprzak", "kujawa", "kurek", "leśniak", "matusiak", "wrona", "wron", "sikora", "sikor", "kruk", "zając"}
	masculine = []string{"", "a", "owi", "em", "iem", "u", "ie", "ą", "ę", "y", "i", "owie", "ów", "ami", "om", "o", "owa", "owej", "ową"}
	// adjectival are the endings of surnames in -ski, -cki, -dzki.
	adjectival = []string{"iego", "iemu", "iej", "ich", "im", "imi", "i", "a", "ą"}
)

func set(words ...string) map[string]bool {
	in := make(map[string]bool, len(words))
	for _, w := range words {
		in[w] = true
	}
	return in
}
