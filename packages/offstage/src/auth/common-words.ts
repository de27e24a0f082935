/**
 * The words that the most common passwords are made of. Put together for Offstage from general knowledge of what leaked
 * lists have in common (it is no copy of one); what is around the word (`password1!`, `P4ssw0rd`) is seen to in `guessable.ts`.
 */
export const commonWords: ReadonlySet<string> = new Set(
  `
password passwort passwd passw pass parola parole senha contrasena motdepasse wachtwoord haslo heslo salasana losenord lozinka mypassword
thepassword newpassword oldpassword yourpassword nopassword passwordpassword passphrase passport passwords passwordone
welcome hello hellohello letmein letmeinnow openup opensesame login logmein signin access enter changeme changemenow changeit default temp temporary
temppass test tester testing testtest testpass testuser guest user username admin administrator adminadmin root rootroot toor master
superuser superadmin manager secret secrets topsecret mysecret private public system server service support backup database oracle mysql
postgres windows linux ubuntu debian cisco router internet network wireless computer laptop desktop google facebook twitter instagram youtube
yahoo hotmail gmail amazon apple samsung android iphone microsoft sony nokia motorola blackberry myspace linkedin whatever nothing something
anything everything nobody someone anyone forever forget forgot remember whoami blahblah blah
iloveyou iloveyouu iloveu iluvyou ilovegod ilovehim ilovemyself iloveme loveme lovely lover lovers loveyou loveu love lovelove lovelife mylove truelove babylove
sweetlove onelove loveable hatred ihateyou fuckyou fuckme fuckoff fuck fucker motherfucker bullshit asshole bitch sexy sexysexy pussy penis dickhead
boobs horny porn playboy hardcore naughty hotgirl hotboy badboy badgirl goodboy goodgirl cutegirl cutie cuteboy pretty prettygirl
princess princesa prince queen king kingking angel angels angelito myangel babygirl babyboy baby babydoll honey honeybear sweety sweetie sweetheart sweet sweetpea
sunshine sunflower sunrise sunset summer summertime winter spring autumn january february march april june july august september october november december
monday tuesday wednesday thursday friday saturday sunday morning midnight moonlight starlight rainbow butterfly flower flowers blossom
rose roses daisy lily jasmine orchid cherry strawberry blueberry banana bananas orange apples peaches peanut pumpkin cookie cookies chocolate candy sugar
cupcake muffin cheese chicken pizza pepper ginger cinnamon coffee cocacola pepsi vodka tequila whiskey heineken budweiser guinness
football footballs soccer baseball basketball volleyball softball hockey tennis golf golfer swimming running wrestling boxing cricket rugby surfing skater skateboard snowboard
liverpool arsenal chelsea manchester manutd barcelona realmadrid juventus milan bayern celtic rangers everton tottenham westham newcastle
yankees redsox cowboys steelers lakers eagles packers raiders patriots dolphins giants broncos chargers dodgers cubs bulldogs bears
tigers lions panthers redskins vikings braves warriors spartans trojans gators buckeye longhorn wolverine
dragon dragons dragonball monster monsters vampire wizard warrior ninja samurai pirate pirates hunter killer slayer shadow phantom ghost
thunder lightning storm hurricane tornado blizzard fire firefire phoenix falcon eagle hawk raven panther tiger lion wolf wolves bear bulldog
monkey monkeys donkey horses horse pony ponies unicorn puppy puppies kitten kittens kitty hellokitty kittykat pussycat bunny rabbit turtle
dolphin shark whale penguin spider spiderman scorpion snake cobra viper python mustang stallion buddy bubba bubbles buster
superman superstar superhero supergirl super batman batgirl ironman wolverines captain marvel avengers starwars startrek skywalker darthvader
jedi yoda matrix terminator gandalf frodo hobbit lordoftherings harrypotter hogwarts voldemort hermione twilight naruto sasuke pokemon pikachu charizard mario luigi
zelda sonic nintendo playstation xbox minecraft fortnite roblox counterstrike callofduty warcraft worldofwarcraft starcraft diablo halo pubg leagueoflegends
tinkerbell mickey mickeymouse minnie donald goofy pooh winnie winniethepooh snoopy garfield scooby scoobydoo spongebob simpsons bartman barbie disney
metallica nirvana slipknot eminem beatles beyonce rihanna britney madonna blink greenday linkinpark ironmaiden acdc ledzeppelin pinkfloyd rockstar
rockandroll rockon music musica guitar guitars drummer dancer dancing dance singer singing hiphop reggae techno jazz piano
jesus jesuschrist jesuslove jesussaves christ christian christmas church heaven heavenly blessed blessing faith trinity bible godisgood godislove goodluck
mygod allah krishna jehovah grace gloria spirit angelic devil satan lucifer demon hell
michael michelle michele jennifer jessica ashley nicole daniel daniela danielle andrew andrea andreas anthony antonio matthew joshua christopher
christina christine christian cristina william robert roberto richard ricardo charles charlie thomas steven stephen stephanie patrick patricia
alexander alexandra alexandre alejandro alejandra alexis benjamin jonathan nicholas natalie natasha samantha elizabeth victoria veronica vanessa valentina
jordan jordans brandon brittany justin tyler austin hannah maggie heather amanda melissa rebecca rachel sabrina sophie sophia isabella olivia emily emma
madison taylor morgan harley bailey cooper parker carter mason logan dylan ethan jacob jackson joseph josephine george georgia gabriel gabriela
fernando francisco sebastian santiago eduardo carlos carolina caroline catherine kathleen katherine kimberly barbara beatrice beautiful bonita hermosa
marina marine marines mariana maria mariposa martin martina marcus marlboro margaret monica mercedes ferrari porsche lamborghini corvette camaro chevy
chevrolet toyota honda yamaha kawasaki suzuki subaru nissan mitsubishi volkswagen bmwbmw harleydavidson truck trucks racing racecar speed turbo
london paris newyork newyorkcity california florida texas chicago boston denver dallas houston atlanta seattle brooklyn hollywood america american
canada australia england ireland scotland brasil brazil mexico mexican espana portugal france germany deutschland italia russia ukraine poland india pakistan
philippines indonesia malaysia singapore vietnam china japan korea africa egypt nigeria turkey istanbul moscow berlin hamburg madrid
freedom liberty justice peace peaceful peaceout hope hopeful dream dreams dreamer dreaming sweetdreams destiny miracle believe imagine
friend friends friendship bestfriend bestfriends family familia mother father mommy daddy mamma mama papa sister brother grandma grandpa
children teacher student school schoolboy schoolgirl college university doctor nurse lawyer soldier police policeman fireman firefighter pilot
money moneymoney money money mymoney dollar dollars million millionaire billion business success successful winner winning champion
lucky luckyone charm fortune diamond diamonds crystal silver golden gold platinum pearl emerald sapphire treasure precious
purple yellow green blue black white pink redred silverado blackcat blackjack blackberry blackbird bluebird bluesky greenday whiteboy redneck redrose
cowboy cowgirl gangster gangsta thuglife hustler player playa gamer gaming games gameover hacker hackers hacked hackme trustno trustnoone
trustme matrix zxcvbn zxcvbnm asdfgh asdfghjkl asdf asdfasdf qwerty qwertyuiop qwert qwer qwerqwer qwertz azerty qazwsx qazwsxedc wsxedc zaq zaqxsw qweasd qweasdzxc
qweqwe asdasd zxczxc zxcv zxcvb poiuyt poiuytrewq lkjhgfdsa mnbvcxz mnbvcxz asdfjkl fdsajkl aqswde qaz wsx edc qwe asd zxc abc abcabc abcd abcde abcdef
aaa xxx zzz qqq www abcdefg abcdefgh abcdefghi xyz xyzxyz foobar foobarbaz foobaz loremipsum example sample demo demodemo
startrek corpcorrecthorse correcthorsebatterystaple correcthorse letmepass trustnobody ineedapassword idontknow dontknow noidea whatisit
nopass none null undefined empty blank void keyboard mouse monitor screen printer camera telephone phone mobile mobilephone cellphone
michaeljordan michaeljackson cristianoronaldo ronaldo ronaldinho messi neymar beckham maradona zidane federer kobebryant kobe lebron shaquille tigerwoods
hotstuff hottie hotmama hotrod cocoa coconut creative creator crazy crazyboy crazygirl crazyfrog dark darkness darkangel darkside death deathnote
doggie doggy dogdog catcat catdog fishing fish fisher fisherman gladiator godzilla kingkong happy happyday happyface happyfeet
happiness happybirthday birthday holiday vacation travel traveler traveller island islands hawaii hawaiian tropical paradise beach beaches ocean oceans
river rivers mountain mountains forest garden gardens country nature natural animal animals planet earth earthquake universe galaxy space spaceman
power powerful powers powerranger energy energie electric electro magic magical magician mystery mystical legend legendary hero heroes
infinity eternity eternal immortal invincible ultimate extreme maximum maximus minimum genius einstein newton darwin mozart beethoven picasso davinci
scorpio aquarius capricorn sagittarius gemini taurus virgo libra pisces aries leo cancer zodiac
slipper snickers skittles starburst twix oreo nutella mcdonalds subway starbucks walmart target nike adidas reebok puma gucci prada versace chanel
`
    .trim()
    .split(/\s+/),
)
