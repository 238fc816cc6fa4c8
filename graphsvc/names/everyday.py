"""Words of every day that are names too, or stand beside them: what tells nobody apart. Tables only."""

from __future__ import annotations

from graphsvc.names.spelling import word_list

# Words that are names too; alone they are masked only with a capital, and never as part of a longer name.
ORDINARY = word_list(
    "will may mark grant hope rose grace van boat man woman boss driver captain pilot uncle doctor june april august"
    " summer joy faith dawn bill frank rich young brown white black green king price long short rock stone hill wood"
    " lane street road house port bay ford dean bishop north south east west river sea sun moon star april march"
    " france dover calais london police border ship phone car shop farm one two the this that then they there what when"
    " who witness victim suspect person people named known said told paid came went from with and for not her his she"
    " him was were has had are our all any both each here home man men son brother sister father mother friend wife"
    " husband cousin mister sir lady old little big tall small red quiet"
)
# "The brother of N" names N, although it is all that somebody is called.
KIN = word_list(
    "brother sister son daughter wife husband father mother cousin uncle aunt friend nephew niece partner boyfriend"
    " girlfriend boss driver family relative known aka alias"
)
# Words that stand in small letters for no name, though somebody may be called so with a capital.
COMMON = word_list(
    "able about account action address after again agent airport album alias alive alpha amber amen angel angle anna apple"
    " arch area army arrow asian aunt autumn away baby back bailey baker bank banker banks barber baron barrel basil basket"
    " bath battle beach bear beast beauty bell belt berry best bible bird birth bishop blade blank blessing block blood bloom"
    " blue board bold bond bone book boot boots boss bottle bound bowl boxer branch brave bread bridge bright bring broker"
    " bronze brook brooks brother budget buffer bull burn bush butcher butler button cabin call calm camera camp candy canon"
    " care career carol carpenter carrier carter case cash castle center central chain chair chance change chapel charity"
    " charm chase cheese cherry chicken chief child china choice christian church city claim clark clay clean clear clerk"
    " client cliff clock close cloud club coach coal coast coat coffee cold cole collar college comfort common company constant"
    " cook cool cooper copper coral corner cotton count country court cover crane cream crew crime crisp cross crow crown crystal"
    " cult cure custom daisy dale dance danger darling data date daughter dawn dead deal dealer dear deck deep deer delta dena"
    " desert desk destiny detail dial diamond diesel digit dime dish dock dollar dolphin door down dragon drake dream drew drink"
    " drive drop drug duke dust duty eagle earl early earth ease east easy edge eight elder ember email emerald empire"
    " engine england english entry equal euro evening ever every evil exit face fact fair fairy faith falcon fall fame"
    " farmer fast fate father fawn fear feast feather felix fern ferry field fields fifth fight file fill final finch fine fire"
    " first fish fisher flag flame flat fleet fleming flint flood florence flower fond food foot force forest forge form fort"
    " fortune forward foster fountain four fowler fox free french fresh friday friend frost fruit fuel full fund gain game gang"
    " garage garden gate gates gear gene general gentle german giant gift gill ginger girl give glass glen glory goal goat gold"
    " golden good gore grain grand grant grape grass gray great greek green greenwood grey grip groom ground group grove guard"
    " guest guide gulf gull gunner hair half hall hammer hand handle happy harbour hard hardy hare harm harmony harper harry"
    " hart harvest hatch hate haven hawk hazel head heal heart heat heath heaven heavy heel heir help herb herd hero heron"
    " high hold hole holiday hollow holly holy home honest honey honor honour hood hook hotel hour howl hull human hunt hunter"
    " idea idle imam inch india indian inner iraqi iron isle ivory jack jade jail jasmine jean jersey jewel join joke jolly"
    " jordan judge july jump june junior jury just justice keen keep kelp kent kind kite knight knot known lace lady laker lake"
    " lamb lamp land lark laser lass last late laurel lawn layer lead leader leaf league lean leather leave left legal lemon lent"
    " letter level liberty life light lily lima lime line lion list little live load loan local lock lodge logan lone look loop"
    " lord loss lotus loud love loyal luck lucky lunar lynx made magic maid mail main major make male mall mama manly manor maple"
    " marble marine market marks marsh marshal martial mason mass master match mate matter mayor mead meadow meal mean medal"
    " melody mercy merit merry mess metal mile miles milk mill miller mind mine mint miss mist mobile model modern moment monday"
    " money monk month moor moral more morning moss most moth motor mount mouse mouth move much mule myrtle myth nail name navy"
    " near neat neck need nest news nice nick night nine noble noise noon norm norman note novel number nurse oasis ocean office"
    " officer olive onion only opal open option oral orange order other otter outer owner pace pack page paid paint pair palace"
    " pale palm pant paper paradise paris park parker part partner party pass past pastor patch path patience patrol pattern"
    " pause peace peach peak pear pearl penny people pepper perfect persian petal phone pick piece pier pike pile pine pink pint"
    " pipe pitch pity place plain plan plane plant plate play plaza plot plum plus poet point polar pole police polo pond pool"
    " poor pope poppy port porter post pot potter pound power praise pray precious present press pretty price pride priest prime"
    " prince princess print prior private prize promise prophet proud prudence public pull pure purple push quail quality quartz"
    " queen quick quiet quill race radio rain rainbow rand range rank rapid rare rate raven real rebel record reed reef regal"
    " region relic rest revel rice rich ride rider ridge right ring rise river rivers road roast robe robin rock rocket role roll"
    " roman roof room root rope rose rosemary rough round route rover royal ruby rule ruler rush russian rust sable sack sacred"
    " safe saga sage sail sailor saint sale salem salt same sand sands savage save scarlet school scout seal sear season seat"
    " second secret seed self sell senior sense serene sergeant serve seven severe shade shadow shah sham shame shape share shark"
    " sharp shaw shed sheet shell shield shine ship shirt shock shop shore short show shower shut side sierra sight sign"
    " signal silence silk silver simple since singer single site skill skin skipper slate sleep slim slow small smart smith smoke"
    " smooth snow soft soil sold soldier sole solo some song soul sound source south spade span spark sparrow speed spell spice"
    " spider spirit spring squire stable staff stage star start state station steady steel step sterling stern steward stone stop"
    " store storm story stout strange stream street strong style sugar sultan summer sunny super supper sure swan sweet swift"
    " sword table tail tailor talent tales talk tall tame tank target task taste taxi taylor team tear tell temple tender tent"
    " term test text thank thing third thorn three tide tiger tile till time tin tiny titan title today tone tool tooth top"
    " torch total touch tower town trace track trade trader trail train travel tree tribe trick trinity trip troop true trump trust"
    " truth tube tulip tune turf turk turner twin type uncle under union unique unit unity upper urban valley value vanity"
    " vault venture venus verse very vicar victor victory view village vine viola violet virgin virtue visa vision voice wade"
    " wage wait walk walker wall wander ward ware warm warren wash watch water waters wave wealth weaver webb week well wells"
    " west whale wheat wheel wheeler whisper white whole wide wife wild willow wind window wine wing winner winter wise wish wolf"
    " woman wonder wood woods wool word work world worth wrath wren wright writer yard year yellow young youth zero zone"
    " arab arabic kurd kurdish afghan iranian persian turkish albanian vietnamese eritrean syrian ethiopian somali ukrainian"
    " register hospital court ministry coastguard customs interview report informant officer constable detective"
)
# Initials with points that stand for something else.
ABBREVIATIONS = word_list("uk us eu un am pm dc po ps id bc ad ho hm uae usa nca phd bsc msc eg ie cf nb pp vs cc")
